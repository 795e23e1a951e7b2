using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// A network that is a multi-layer perceptron with ReLU, maybe with the data's scale built in. Read from shapes and proved
/// by outputs, so TorchScript files that are perceptrons count as well as the zoo's.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Layers">Weight [out, in] and bias [out] of each layer: the network's own tensors.</param>
/// <param name="Scale">(x − mean) / deviation before the first layer, y · deviation + mean after the last; null where there is none.</param>
internal sealed record Perceptron(Network Network, IReadOnlyList<(NamedTensor Weight, NamedTensor Bias)> Layers, PerceptronScale? Scale)
{
    private const double Far = 100;

    /// <summary>Widths from input to output.</summary>
    public IReadOnlyList<long> Widths => [Layers[0].Weight.Tensor.shape[1], .. Layers.Select(layer => layer.Weight.Tensor.shape[0])];

    /// <summary>What perceptrons must share to be computed together: widths and scale.</summary>
    public string Shape => $"{string.Join('-', Widths)} {Scale?.Digest()}";

    /// <summary>Reads a network; null when it is something else.</summary>
    /// <param name="network">Any network, in eval mode.</param>
    /// <param name="probe">Inputs to prove it on, [n, input…].</param>
    /// <param name="inTraining">Whether it must be one in training as well: with dropout it is not.</param>
    public static Perceptron? TryRead(Network network, Tensor probe, bool inTraining)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parameters = network.Parameters;
        if (parameters.Count < 4 || parameters.Count % 2 != 0)
        {
            return null;
        }

        var layers = new List<(NamedTensor Weight, NamedTensor Bias)>();
        for (var i = 0; i < parameters.Count; i += 2)
        {
            var (weight, bias) = (parameters[i].Tensor, parameters[i + 1].Tensor);
            var width = layers.Count == 0 ? probe.numel() / probe.shape[0] : layers[^1].Weight.Tensor.shape[0];
            if (weight.dim() != 2 || bias.dim() != 1 || weight.shape[1] != width || bias.shape[0] != weight.shape[0] || weight.dtype != ScalarType.Float32)
            {
                return null;
            }

            layers.Add((parameters[i], parameters[i + 1]));
        }

        var read = new Perceptron(network, layers, PerceptronScale.Of(network));

        if (network is { Architecture: Mlp, Module: ScaledModule } && !inTraining)
        {
            // The zoo's own: what it computes needs no proof.
            return read;
        }

        // Far from the data too: there an activation that is ReLU only near zero, such as ReLU6, gives itself away.
        return read.Agrees(probe) && read.Agrees(probe * Far) && (!inTraining || read.AgreesInTraining(probe)) ? read : null;
    }

    private bool AgreesInTraining(Tensor probe)
    {
        Network.TrainingMode();
        try
        {
            return Agrees(probe);
        }
        finally
        {
            Network.EvaluationMode();
        }
    }

    private bool Agrees(Tensor probe)
    {
        var expected = Network.Forward(probe).flatten(1);
        var found = Forward(probe.flatten(1));
        var tolerance = 1e-5 * (1 + expected.abs().max().ToDouble());
        return expected.shape.SequenceEqual(found.shape) && (expected - found).abs().max().ToDouble() <= tolerance;
    }

    private Tensor Forward(Tensor inputs)
    {
        inputs = Scale?.Inputs(inputs) ?? inputs;
        for (var i = 0; i < Layers.Count; i++)
        {
            inputs = (i == 0 ? inputs : inputs.relu()).matmul(Layers[i].Weight.Tensor.t()) + Layers[i].Bias.Tensor;
        }

        return Scale?.Outputs(inputs) ?? inputs;
    }
}

/// <summary>The scale that networks from scratch have built in: the network's own buffers.</summary>
/// <param name="InputMean">[in].</param>
/// <param name="InputDeviation">[in].</param>
/// <param name="OutputMean">[out].</param>
/// <param name="OutputDeviation">[out].</param>
internal sealed record PerceptronScale(Tensor InputMean, Tensor InputDeviation, Tensor OutputMean, Tensor OutputDeviation) : IDisposable
{
    /// <summary>A network's; null where it has none.</summary>
    public static PerceptronScale? Of(Network network)
    {
        var buffers = network.Buffers.ToDictionary(buffer => buffer.Name, buffer => buffer.Tensor);
        return buffers.TryGetValue("input_mean", out var mean)
            && buffers.TryGetValue("input_deviation", out var deviation)
            && buffers.TryGetValue("output_mean", out var outputMean)
            && buffers.TryGetValue("output_deviation", out var outputDeviation)
            ? new(mean, deviation, outputMean, outputDeviation)
            : null;
    }

    /// <summary>What the first layer sees, [N, in].</summary>
    public Tensor Inputs(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return ((inputs - InputMean) / InputDeviation).MoveToOuterDisposeScope();
    }

    /// <summary>What the network returns, […, out].</summary>
    public Tensor Outputs(Tensor outputs)
    {
        using var scope = NewDisposeScope();
        return ((outputs * OutputDeviation) + OutputMean).MoveToOuterDisposeScope();
    }

    /// <summary>The same scale in tensors of its own.</summary>
    public PerceptronScale Copy()
    {
        return new(Own(InputMean), Own(InputDeviation), Own(OutputMean), Own(OutputDeviation));

        static Tensor Own(Tensor tensor) => tensor.clone().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[InputMean, InputDeviation, OutputMean, OutputDeviation])
        {
            tensor.Dispose();
        }
    }

    /// <summary>Equal for equal scales.</summary>
    public string Digest()
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in (Tensor[])[InputMean, InputDeviation, OutputMean, OutputDeviation])
        {
            hash.AppendData(tensor.cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
