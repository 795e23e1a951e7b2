using TorchSharp;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// A network read as a multi-layer perceptron with ReLU, its built-in scale folded into the first and the last layer.
/// Read from shapes and proved by outputs, so TorchScript files that are perceptrons count as well as the zoo's.
/// </summary>
/// <param name="Layers">Weight [in, out] and bias [1, out] of each layer.</param>
/// <param name="Form">What the outputs mean.</param>
internal sealed record MlpWeights(IReadOnlyList<(Tensor Weight, Tensor Bias)> Layers, OutputForm Form)
{
    private const double Far = 100;

    /// <summary>Widths from input to output: what members must share to be stacked.</summary>
    public string Shape => string.Join('-', Layers.Select(layer => layer.Weight.shape[0]).Append(Layers[^1].Weight.shape[1]));

    /// <summary>Reads a network; null when it is something else.</summary>
    /// <param name="network">Any network.</param>
    /// <param name="probe">Inputs to prove it on, [n, input…].</param>
    public static MlpWeights? TryRead(Network network, Tensor probe)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parameters = network.Parameters;
        if (parameters.Count < 4 || parameters.Count % 2 != 0)
        {
            return null;
        }

        var layers = new List<(Tensor Weight, Tensor Bias)>();
        for (var i = 0; i < parameters.Count; i += 2)
        {
            var (weight, bias) = (parameters[i].Tensor, parameters[i + 1].Tensor);
            var width = layers.Count == 0 ? probe.numel() / probe.shape[0] : layers[^1].Weight.shape[1];
            if (weight.dim() != 2 || bias.dim() != 1 || weight.shape[1] != width || bias.shape[0] != weight.shape[0] || weight.dtype != ScalarType.Float32)
            {
                return null;
            }

            layers.Add((weight.t().contiguous(), bias.unsqueeze(0).clone()));
        }

        FoldScale(network, layers);

        // Far from the data too: there an activation that is ReLU only near zero, such as ReLU6, gives itself away.
        if (!Agrees(network, layers, probe) || !Agrees(network, layers, probe * Far))
        {
            return null;
        }

        return new([.. layers.Select(layer => (layer.Weight.MoveToOuterDisposeScope(), layer.Bias.MoveToOuterDisposeScope()))], network.Form);
    }

    private static void FoldScale(Network network, List<(Tensor Weight, Tensor Bias)> layers)
    {
        var scale = network.Buffers.ToDictionary(buffer => buffer.Name, buffer => buffer.Tensor);
        if (!scale.TryGetValue("input_mean", out var inputMean))
        {
            return;
        }

        var (first, firstBias) = layers[0];
        var folded = first / scale["input_deviation"].unsqueeze(1);

        // Cloned, because the mean may lie in a .NET array, by whose chance alignment products differ in their last bits.
        layers[0] = (folded, firstBias - inputMean.clone().unsqueeze(0).matmul(folded));
        var (last, lastBias) = layers[^1];
        var deviation = scale["output_deviation"].unsqueeze(0);
        layers[^1] = (last * deviation, (lastBias * deviation) + scale["output_mean"].unsqueeze(0));
    }

    private static bool Agrees(Network network, List<(Tensor Weight, Tensor Bias)> layers, Tensor probe)
    {
        var expected = network.Forward(probe).flatten(1);
        var found = Forward(layers, probe.flatten(1));
        var tolerance = 1e-5 * (1 + expected.abs().max().ToDouble());
        return expected.shape.SequenceEqual(found.shape) && (expected - found).abs().max().ToDouble() <= tolerance;
    }

    private static Tensor Forward(List<(Tensor Weight, Tensor Bias)> layers, Tensor inputs)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            inputs = (i == 0 ? inputs : inputs.relu()).matmul(layers[i].Weight) + layers[i].Bias;
        }

        return inputs;
    }
}
