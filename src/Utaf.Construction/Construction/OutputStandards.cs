using TorchSharp;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>On what scale outputs are read and what they are standardised by before the meta-verifier sees them; stored in the pair.</summary>
/// <param name="Mean">[N·d_out].</param>
/// <param name="Deviation">[N·d_out], above 0.</param>
/// <param name="Logarithms">What probabilities become first; null: outputs are read as they are.</param>
internal sealed record OutputStandards(Tensor Mean, Tensor Deviation, CentredLogarithms? Logarithms) : IDisposable
{
    // Below this a target answers everything alike, and nothing is to be divided by what its answers differ.
    private const double Smallest = 1e-6;

    /// <summary>
    /// One mean and deviation over all of the target's answers: per answer, those that hardly differ would be blown up.
    /// A single number, or a target that answers everything alike, has the size of its answers for a deviation.
    /// </summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    /// <param name="logarithms">What probabilities become first; null: outputs are read as they are.</param>
    public static OutputStandards OfTarget(Tensor answers, CentredLogarithms? logarithms)
    {
        using var scope = NewDisposeScope();
        var target = Read(answers.narrow(0, 0, 1), logarithms)[0];
        var mean = target.mean();
        return new(
            mean.expand(target.shape).clone().MoveToOuterDisposeScope(),
            Deviation().expand(target.shape).clone().MoveToOuterDisposeScope(),
            logarithms);

        Tensor Deviation()
        {
            var deviation = target.numel() > 1 ? target.std() : zeros_like(mean);
            var size = mean.abs();
            return deviation.ToDouble() > Smallest ? deviation : size.ToDouble() > Smallest ? size : ones_like(mean);
        }
    }

    /// <summary>Keeps the tensors beyond every scope.</summary>
    public OutputStandards DetachFromScope() => new(Mean.DetachFromDisposeScope(), Deviation.DetachFromDisposeScope(), Logarithms);

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Deviation.Dispose();
    }

    /// <summary>(answers − mean) / deviation, of their logarithms where these are read; with gradients.</summary>
    /// <param name="answers">[members, N·d_out].</param>
    public Tensor Apply(Tensor answers)
    {
        using var scope = NewDisposeScope();
        return ((Read(answers, Logarithms) - Mean) / Deviation).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// <see cref="CentredLogarithms.Of"/> for tensors. Logarithms of probabilities, and not scores from before the softmax: an
    /// API has only the former, and the floor bounds them.
    /// </summary>
    private static Tensor Read(Tensor answers, CentredLogarithms? logarithms)
    {
        if (logarithms is null)
        {
            return answers;
        }

        var logs = Logarithm(answers).view(answers.shape[0], -1, logarithms.Width);
        var centred = logarithms.Width == 1 ? (logs - Logarithm(1 - answers).view_as(logs)) / 2 : logs - logs.mean([2], keepdim: true);
        return centred.view_as(answers);

        static Tensor Logarithm(Tensor probabilities) => (probabilities.clamp_min(0) + CentredLogarithms.Floor).log();
    }
}
