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
    /// 1/√fan_in (He et al. 2015 with a = √5), norms to one and zero, running statistics to zero and one.
    /// </summary>
    public static void ResetAll(Network network, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var layer in network.Parameters.GroupBy(parameter => parameter.Layer))
        {
            var weight = layer.FirstOrDefault(parameter => parameter.IsWeight);
            foreach (var parameter in layer)
            {
                if (weight is not null)
                {
                    parameter.Tensor.copy_(random.Uniform(parameter.Tensor.shape, 1 / Math.Sqrt(FanIn(weight.Tensor))));
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

    private static long FanIn(Tensor weight) => weight.shape.Skip(1).Aggregate(1L, (product, size) => product * size);
}
