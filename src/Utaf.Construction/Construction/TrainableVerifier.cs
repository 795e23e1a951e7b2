using TorchSharp.Modules;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The meta-verifier while it learns: R–100–2 with ReLU, on the R numbers that are read of the outputs, standardised. Its
/// hidden units may be divided into committees, each of which learns to decide by itself; what they make together is still
/// one R–100–2, whose log-odds are the mean of theirs.
/// </summary>
internal sealed class TrainableVerifier : IDisposable
{
    private const int Hidden = 100;

    private readonly Parameter hiddenWeight;
    private readonly Parameter hiddenBias;
    private readonly Parameter outputWeight;
    private readonly Parameter outputBias;
    private readonly int committees;

    /// <param name="inputWidth">R; N·d_out where outputs are read as they are.</param>
    /// <param name="random">Draws the weights, uniform within 1/√fan_in as PyTorch's linear layers.</param>
    /// <param name="device">Where it learns.</param>
    /// <param name="committees">How many share the hidden units equally; 1 for the paper's meta-verifier.</param>
    public TrainableVerifier(int inputWidth, SeededRandom random, Device device, int committees)
    {
        this.committees = committees;
        var (hiddenBound, outputBound) = (1 / Math.Sqrt(inputWidth), 1 / Math.Sqrt(Hidden / committees));
        hiddenWeight = Learned([inputWidth, Hidden], hiddenBound);
        hiddenBias = Learned([Hidden], hiddenBound);
        outputWeight = Learned([committees, Hidden / committees, 2], outputBound);
        outputBias = Learned([committees, 1, 2], outputBound);

        Parameter Learned(long[] shape, double bound)
        {
            using var scope = NewDisposeScope();

            // A copy, because the numbers lie in a .NET array, by whose chance alignment products differ in their last bits.
            var parameter = new Parameter(random.Uniform(shape, bound).to(device).clone());
            parameter.DetachFromDisposeScope();
            return parameter;
        }
    }

    /// <summary>What the optimiser learns.</summary>
    public IReadOnlyList<Parameter> Parameters => [hiddenWeight, hiddenBias, outputWeight, outputBias];

    /// <summary>log p₋ and log p₊ of each member, by each committee.</summary>
    /// <param name="standardised">[K, R].</param>
    /// <returns>[committees, K, 2].</returns>
    public Tensor LogProbabilities(Tensor standardised)
    {
        using var scope = NewDisposeScope();
        return Scores(standardised).log_softmax(2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The gradients of −mean over committees of Σ weights · log p, by hand: torch's graph of so few and small products takes
    /// several times as long as they do.
    /// </summary>
    /// <param name="standardised">[K, R], without a graph.</param>
    /// <param name="weights">Of log p₋ and log p₊ of each row, [K, 2].</param>
    /// <param name="ofRows">Whether the gradient of the rows is wanted too.</param>
    /// <returns>The loss; the gradients of <see cref="Parameters"/>; that of the rows, [K, R], or null.</returns>
    public (Tensor Loss, Tensor[] OfParameters, Tensor? OfRows) Gradients(Tensor standardised, Tensor weights, bool ofRows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = standardised.shape[0];
        var hidden = addmm(hiddenBias, standardised, hiddenWeight, 1, 1).relu_();
        var byCommittee = hidden.view(rows, committees, -1).transpose(0, 1);
        var log = (byCommittee.bmm(outputWeight) + outputBias).log_softmax(2);
        var loss = (log * weights).sum().div(-committees);

        var scores = log.exp_().mul_(weights.sum(1, keepdim: true)).sub_(weights);
        if (committees > 1)
        {
            scores.div_(committees);
        }

        var ofHidden = scores.bmm(outputWeight.transpose(1, 2)).transpose(0, 1).reshape(rows, Hidden).mul_(hidden.sign());
        Tensor[] ofParameters =
        [
            standardised.t().mm(ofHidden),
            ofHidden.sum([0L]),
            byCommittee.transpose(1, 2).bmm(scores),
            scores.sum(1, keepdim: true),
        ];
        return (
            loss.MoveToOuterDisposeScope(),
            [.. ofParameters.Select(gradient => gradient.MoveToOuterDisposeScope())],
            ofRows ? ofHidden.mm(hiddenWeight.t()).MoveToOuterDisposeScope() : null);
    }

    /// <summary>Multiplies the log-odds, by the last layer.</summary>
    public void Sharpen(double factor)
    {
        using var noGradient = no_grad();
        outputWeight.mul_(factor);
        outputBias.mul_(factor);
    }

    /// <summary>log p₊ − log p₋ of each member, without gradients, [K].</summary>
    public double[] LogOdds(Tensor standardised)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scores = Scores(standardised).mean([0]);
        return [.. (scores.select(1, 1) - scores.select(1, 0)).to_type(ScalarType.Float64).cpu().data<double>()];
    }

    /// <summary>The same function in managed code.</summary>
    /// <param name="standards">What it reads, and by what this is standardised.</param>
    /// <param name="outputs">N·d_out.</param>
    public MetaVerifier ToManaged(OutputStandards standards, int outputs)
    {
        using var scope = NewDisposeScope();
        return new(
            outputs,
            Values(standards.Mean),
            Values(standards.Deviation),
            Values(hiddenWeight.t()),
            Values(hiddenBias),
            Values((outputWeight / committees).view(Hidden, 2).t()),
            Values(outputBias.mean([0]).view(2)),
            standards.Reading);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    private Tensor Scores(Tensor standardised)
    {
        var hidden = addmm(hiddenBias, standardised, hiddenWeight, 1, 1).relu();
        return hidden.view(standardised.shape[0], committees, -1).transpose(0, 1).bmm(outputWeight) + outputBias;
    }

    private static float[] Values(Tensor tensor)
    {
        using var cpu = tensor.detach().cpu().contiguous();
        return [.. cpu.data<float>()];
    }
}
