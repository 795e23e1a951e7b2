using TorchSharp;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What is read of outputs and what it is standardised by before the meta-verifier sees it; stored in the pair.</summary>
/// <param name="Mean">[R].</param>
/// <param name="Deviation">[R], above 0.</param>
/// <param name="Reading">What outputs become first; null: they are read as they are, and R is N·d_out.</param>
internal sealed record OutputStandards(Tensor Mean, Tensor Deviation, AnswerReading? Reading) : IDisposable
{
    // Below this a target answers everything alike, and nothing is to be divided by what its answers differ.
    private const double Smallest = 1e-6;

    // Inner products are within ±1 or so. What differs by less is chance.
    private const double SmallestOfProducts = 0.01;

    /// <summary>R, how many numbers are read.</summary>
    public int Width => (int)Mean.shape[0];

    /// <summary>
    /// One mean and deviation over all that is read of the target: per answer, those that hardly differ would be blown up.
    /// A single number, or a target that answers everything alike, has the size of its answers for a deviation; standardised
    /// logarithms, whose deviation is 1 by themselves, are left as they are.
    /// </summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    /// <param name="reading">What outputs become first; null: they are read as they are.</param>
    public static OutputStandards OfTarget(Tensor answers, AnswerReading? reading)
    {
        using var scope = NewDisposeScope();
        var target = Read(answers.narrow(0, 0, 1), reading)[0];
        var mean = target.mean();
        return new(
            mean.expand(target.shape).clone().MoveToOuterDisposeScope(),
            Deviation().expand(target.shape).clone().MoveToOuterDisposeScope(),
            reading);

        Tensor Deviation()
        {
            if (reading is CentredLogarithms { Standardised: true })
            {
                return ones_like(mean);
            }

            var deviation = target.numel() > 1 ? target.std() : zeros_like(mean);
            if (reading is InnerProducts)
            {
                return deviation.clamp_min(SmallestOfProducts);
            }

            var size = mean.abs();
            return deviation.ToDouble() > Smallest ? deviation : size.ToDouble() > Smallest ? size : ones_like(mean);
        }
    }

    /// <summary>Keeps the tensors beyond every scope.</summary>
    public OutputStandards DetachFromScope() => new(Mean.DetachFromDisposeScope(), Deviation.DetachFromDisposeScope(), Reading);

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Deviation.Dispose();
    }

    /// <summary>(what is read of the answers − mean) / deviation; with gradients.</summary>
    /// <param name="answers">[members, N·d_out].</param>
    /// <returns>[members, R].</returns>
    public Tensor Apply(Tensor answers)
    {
        using var scope = NewDisposeScope();
        return ((Read(answers, Reading) - Mean) / Deviation).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="AnswerReading.Of"/> for tensors.</summary>
    private static Tensor Read(Tensor answers, AnswerReading? reading) => reading switch
    {
        null => answers,
        CentredLogarithms logarithms => Logarithms(answers, logarithms),
        InnerProducts products => Products(answers.view(answers.shape[0], -1, products.Width)),
        _ => throw new NotSupportedException($"No tensors are read as {reading}."),
    };

    /// <summary>Logarithms of probabilities, and not scores from before the softmax: an API has only the former, and the floor bounds them.</summary>
    private static Tensor Logarithms(Tensor answers, CentredLogarithms reading)
    {
        var logs = Logarithm(answers).view(answers.shape[0], -1, reading.Width);
        var centred = reading.Width == 1 ? (logs - Logarithm(1 - answers).view_as(logs)) / 2 : logs - logs.mean([2], keepdim: true);
        if (reading.Standardised)
        {
            var (left, variance) = LessMean(centred);
            centred = left / (variance + CentredLogarithms.SmallestVariance).sqrt();
        }

        return centred.view_as(answers);

        static Tensor Logarithm(Tensor probabilities) => (probabilities.clamp_min(0) + CentredLogarithms.Floor).log();
    }

    private static Tensor Products(Tensor answers)
    {
        var size = answers.square().mean([1, 2], keepdim: true);
        var (left, variance) = LessMean(answers);
        var standardised = left / (variance + (size * InnerProducts.SmallestShare) + InnerProducts.SmallestVariance).sqrt();
        var (count, width) = (answers.shape[1], answers.shape[2]);
        var pairs = triu_indices(count, count, 1, device: answers.device);
        var products = standardised.bmm(standardised.transpose(1, 2)).view(-1, count * count);
        return products.index_select(1, (pairs[0] * count) + pairs[1]) / width;
    }

    /// <summary>Less each number's mean over the answers, and the variance of what is left, [members, 1, 1].</summary>
    /// <param name="values">[members, N, width].</param>
    private static (Tensor Left, Tensor Variance) LessMean(Tensor values)
    {
        var left = values - values.mean([1], keepdim: true);
        return (left, left.square().mean([1, 2], keepdim: true));
    }
}
