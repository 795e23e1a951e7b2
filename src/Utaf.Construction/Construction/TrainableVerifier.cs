using TorchSharp.Modules;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>The meta-verifier while it learns: (N·d_out)–100–2 with ReLU, on standardised outputs.</summary>
internal sealed class TrainableVerifier : IDisposable
{
    private const int Hidden = 100;

    private readonly Parameter hiddenWeight;
    private readonly Parameter hiddenBias;
    private readonly Parameter outputWeight;
    private readonly Parameter outputBias;

    /// <param name="inputWidth">N·d_out.</param>
    /// <param name="random">Draws the weights, uniform within 1/√fan_in as PyTorch's linear layers.</param>
    /// <param name="device">Where it learns.</param>
    public TrainableVerifier(int inputWidth, SeededRandom random, Device device)
    {
        var (hiddenBound, outputBound) = (1 / Math.Sqrt(inputWidth), 1 / Math.Sqrt(Hidden));
        hiddenWeight = Learned([inputWidth, Hidden], hiddenBound);
        hiddenBias = Learned([Hidden], hiddenBound);
        outputWeight = Learned([Hidden, 2], outputBound);
        outputBias = Learned([2], outputBound);

        Parameter Learned(long[] shape, double bound)
        {
            using var scope = NewDisposeScope();
            var parameter = new Parameter(random.Uniform(shape, bound).to(device));
            parameter.DetachFromDisposeScope();
            return parameter;
        }
    }

    /// <summary>What the optimiser learns.</summary>
    public IReadOnlyList<Parameter> Parameters => [hiddenWeight, hiddenBias, outputWeight, outputBias];

    /// <summary>log p₋ and log p₊ of each member.</summary>
    /// <param name="standardised">[K, N·d_out].</param>
    /// <returns>[K, 2].</returns>
    public Tensor LogProbabilities(Tensor standardised)
    {
        using var scope = NewDisposeScope();
        var hidden = addmm(hiddenBias, standardised, hiddenWeight, 1, 1).relu();
        return addmm(outputBias, hidden, outputWeight, 1, 1).log_softmax(1).MoveToOuterDisposeScope();
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
        var log = LogProbabilities(standardised);
        return [.. (log.select(1, 1) - log.select(1, 0)).to_type(ScalarType.Float64).cpu().data<double>()];
    }

    /// <summary>The same function in managed code.</summary>
    /// <param name="standards">Mean and deviation of the outputs, [N·d_out] each.</param>
    public MetaVerifier ToManaged(OutputStandards standards)
    {
        using var scope = NewDisposeScope();
        return new(
            (int)hiddenWeight.shape[0],
            Values(standards.Mean),
            Values(standards.Deviation),
            Values(hiddenWeight.t()),
            Values(hiddenBias),
            Values(outputWeight.t()),
            Values(outputBias));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    private static float[] Values(Tensor tensor)
    {
        using var cpu = tensor.detach().cpu().contiguous();
        return [.. cpu.data<float>()];
    }
}
