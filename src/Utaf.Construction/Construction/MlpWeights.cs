using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>A perceptron's frozen weights, its built-in scale folded into the first and the last layer.</summary>
/// <param name="Layers">Weight [in, out] and bias [1, out] of each layer.</param>
/// <param name="Form">What the outputs mean.</param>
internal sealed record MlpWeights(IReadOnlyList<(Tensor Weight, Tensor Bias)> Layers, OutputForm Form)
{
    /// <summary>Widths from input to output: what members must share to be stacked.</summary>
    public string Shape => string.Join('-', Layers.Select(layer => layer.Weight.shape[0]).Append(Layers[^1].Weight.shape[1]));

    /// <summary>Reads a network; null when it is no perceptron.</summary>
    /// <param name="network">Any network.</param>
    /// <param name="probe">Inputs to prove it on, [n, input…].</param>
    public static MlpWeights? TryRead(Network network, Tensor probe)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (Perceptron.TryRead(network, probe, inTraining: false) is not { } perceptron)
        {
            return null;
        }

        // Copies in any case: the network may take up other weights afterwards.
        var layers = perceptron.Layers
            .Select(layer => (Weight: layer.Weight.Tensor.t().clone().contiguous(), Bias: layer.Bias.Tensor.unsqueeze(0).clone()))
            .ToList();
        if (perceptron.Scale is { } scale)
        {
            Fold(scale, layers);
        }

        return new([.. layers.Select(layer => (layer.Weight.MoveToOuterDisposeScope(), layer.Bias.MoveToOuterDisposeScope()))], network.Form);
    }

    private static void Fold(PerceptronScale scale, List<(Tensor Weight, Tensor Bias)> layers)
    {
        var (first, firstBias) = layers[0];
        var folded = first / scale.InputDeviation.unsqueeze(1);

        // Cloned, because the mean may lie in a .NET array, by whose chance alignment products differ in their last bits.
        layers[0] = (folded, firstBias - scale.InputMean.clone().unsqueeze(0).matmul(folded));
        var (last, lastBias) = layers[^1];
        var deviation = scale.OutputDeviation.unsqueeze(0);
        layers[^1] = (last * deviation, (lastBias * deviation) + scale.OutputMean.unsqueeze(0));
    }
}
