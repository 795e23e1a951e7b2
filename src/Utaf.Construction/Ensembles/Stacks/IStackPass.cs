using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>How the perceptrons of a stack make their steps.</summary>
internal interface IStackPass : IDisposable
{
    /// <summary>Runs each perceptron on its own batch.</summary>
    /// <param name="rows">Which examples each member is given, [members × B].</param>
    /// <returns>[members, B, out], until the next run.</returns>
    public Tensor Outputs(ReadOnlySpan<long> rows);

    /// <summary>One step of the optimiser, from the batch that was run last.</summary>
    /// <param name="ofOutputs">The gradient of the outputs, [members, B, out], contiguous.</param>
    public void Learn(Tensor ofOutputs);
}
