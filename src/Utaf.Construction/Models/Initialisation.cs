using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>Fresh weights for whole networks and for single layers, of any origin.</summary>
public static class Initialisation
{
    private const string Variance = "running_var";

    /// <summary>
    /// Resets every parameter and statistic as PyTorch initialises layers: weights and biases uniform within
    /// 1/√fan_in (He et al. 2015 with a = √5), norms to one and zero, running statistics to zero and one. In deep
    /// convolutional networks without norms, such as VGG-16, the weights before the last layer are uniform within √6/√fan_in
    /// (He et al. 2015 for ReLU): with less, nothing of the input would arrive at their end.
    /// </summary>
    public static void ResetAll(Network network, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var last = network.Parameters.LastOrDefault(parameter => parameter.IsWeight);
        var gain = IsDeepWithoutNorms(network) ? Math.Sqrt(6) : 1;
        foreach (var layer in network.Parameters.GroupBy(parameter => parameter.Layer))
        {
            var weight = layer.FirstOrDefault(parameter => parameter.IsWeight);
            foreach (var parameter in layer)
            {
                if (weight is not null)
                {
                    var scale = parameter.IsWeight && parameter != last ? gain : 1;
                    parameter.Tensor.copy_(random.Uniform(parameter.Tensor.shape, scale / Math.Sqrt(FanIn(weight.Tensor))));
                }
                else
                {
                    // A norm's scale; everything else without a weight matrix is an offset.
                    parameter.Tensor.fill_(parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
                }
            }
        }

        foreach (var buffer in Statistics(network))
        {
            buffer.Tensor.fill_(buffer.Name.EndsWith(Variance, StringComparison.Ordinal) ? 1 : 0);
        }
    }

    /// <summary>The tensors of which <see cref="ResetAll"/> leaves nothing; all others keep their numbers.</summary>
    internal static IEnumerable<NamedTensor> Drawn(Network network) => network.Parameters.Concat(Statistics(network));

    private static IEnumerable<NamedTensor> Statistics(Network network) =>
        network.Buffers.Where(buffer => buffer.Name.Split('.')[^1] is "running_mean" or "num_batches_tracked" or Variance);

    /// <summary>
    /// Draws one layer anew, each of its tensors normal with the root mean square it had: a fresh start at the scale
    /// that the rest of the network and the task ask for.
    /// </summary>
    public static void ResetLayer(IEnumerable<NamedTensor> layer, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var parameter in layer)
        {
            var scale = parameter.Tensor.square().mean().sqrt().ToDouble();
            parameter.Tensor.copy_(random.Normal(parameter.Tensor.shape, scale));
        }
    }

    // Each layer with ReLU leaves a sixth of the variance: after eight, less than a millionth.
    private static bool IsDeepWithoutNorms(Network network)
    {
        var weights = network.Parameters.Where(parameter => parameter.IsWeight).ToList();
        var norms = network.Parameters.GroupBy(parameter => parameter.Layer).Any(layer => !layer.Any(parameter => parameter.IsWeight));
        return !norms && weights.Count >= 8 && weights.Count(weight => weight.Tensor.dim() == 4) * 2 > weights.Count;
    }

    private static long FanIn(Tensor weight) => weight.shape.Skip(1).Aggregate(1L, (product, size) => product * size);
}
