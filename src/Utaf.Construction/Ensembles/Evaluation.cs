using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>Runs networks over many examples without gradients.</summary>
public static class Evaluation
{
    /// <summary>Outputs in batches, [n, out].</summary>
    public static Tensor Outputs(Network network, Tensor inputs, int batchSize = 512)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parts = inputs.split(batchSize).Select(batch => network.Forward(batch).flatten(1)).ToArray();
        return cat(parts, 0).MoveToOuterDisposeScope();
    }
}
