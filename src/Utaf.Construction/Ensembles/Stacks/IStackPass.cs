using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>How the perceptrons of a stack make their steps.</summary>
internal interface IStackPass : IDisposable
{
    /// <summary>
    /// Whether stacks make their steps by torch's operations: on a GPU, and on a processor on which our own products would be
    /// slow.
    /// </summary>
    /// <param name="device">Where members are trained.</param>
    public static bool IsByTorch(Device device) => device.type != DeviceType.CPU || !Products.IsFast;

    /// <summary>The pass for a device.</summary>
    /// <param name="device">Where members are trained.</param>
    /// <param name="stack">The perceptrons; not the pass's to dispose.</param>
    /// <param name="members">Whose they are.</param>
    /// <param name="adam">Their optimiser; not the pass's to dispose.</param>
    /// <param name="examples">The inputs of all members, [examples, in], contiguous float32.</param>
    /// <param name="batch">Rows of a batch, a multiple of 16.</param>
    public static IStackPass Of(Device device, PerceptronStack stack, IReadOnlyList<StackMember> members, StackedAdam adam, Tensor examples, int batch) =>
        IsByTorch(device) ? new DevicePass(stack, members, adam, examples, batch) : new ProcessorPass(stack, members, adam, examples, batch);

    /// <summary>Runs each perceptron on its own batch.</summary>
    /// <param name="rows">Which examples each member is given, [members × B].</param>
    /// <returns>[members, B, out], until the next run.</returns>
    public Tensor Outputs(ReadOnlySpan<long> rows);

    /// <summary>One step of the optimiser, from the batch that was run last.</summary>
    /// <param name="ofOutputs">The gradient of the outputs, [members, B, out], contiguous.</param>
    public void Learn(Tensor ofOutputs);
}
