using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Models.Folding.Tests;

/// <summary>Passes whose results and gradients are compared.</summary>
internal static class Passes
{
    /// <summary>Forward, and back from a sum in which each result has a weight of its own.</summary>
    public static (Tensor Results, Tensor Gradient) Pass(Func<Tensor, Tensor> forward, Tensor inputs)
    {
        var leaf = inputs.clone().requires_grad_();
        var results = forward(leaf);
        (results.flatten() * arange(results.numel(), ScalarType.Float32)).sum().backward();
        return (results.detach(), leaf.grad!);
    }

    /// <summary>Whether all numbers are near, by a share of the largest.</summary>
    public static void Near(Tensor expected, Tensor found, double tolerance)
    {
        Assert.Equal(expected.shape, found.shape);
        Assert.InRange((expected - found).abs().max().ToDouble(), 0, tolerance * (1 + expected.abs().max().ToDouble()));
    }
}
