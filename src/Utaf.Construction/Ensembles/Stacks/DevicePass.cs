using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>A stack's steps by torch's operations, each of which does all perceptrons at once: what a GPU wants, and what a processor gets on which our own products would be slow.</summary>
/// <param name="stack">The perceptrons; not the pass's to dispose.</param>
/// <param name="members">Whose they are.</param>
/// <param name="adam">Their optimiser; not the pass's to dispose.</param>
/// <param name="examples">The inputs of all members, [examples, in].</param>
/// <param name="batch">Rows of a batch, a multiple of 16.</param>
internal sealed class DevicePass(PerceptronStack stack, IReadOnlyList<StackMember> members, StackedAdam adam, Tensor examples, int batch) : IStackPass
{
    private IReadOnlyList<Tensor> seen = [];

    /// <inheritdoc/>
    public Tensor Outputs(ReadOnlySpan<long> rows)
    {
        Forget();
        using var scope = NewDisposeScope();
        var drawn = examples.index_select(0, tensor(rows.ToArray(), device: examples.device)).view(members.Count, batch, -1);
        seen = [.. stack.Forward(drawn.expand(stack.Values.shape[0], -1, -1).contiguous()).Select(signal => signal.DetachFromDisposeScope())];
        return seen[^1].narrow(0, 0, members.Count).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Learn(Tensor ofOutputs)
    {
        using var scope = NewDisposeScope();
        var gradients = stack.Backward(seen, ofOutputs.expand(stack.Values.shape[0], -1, -1).contiguous());
        adam.Step([.. stack.Segments.Zip(gradients, (segment, gradient) => (segment, gradient.narrow(0, 0, members.Count)))], (row, part) => members[row].Learned[part]);
    }

    /// <inheritdoc/>
    public void Dispose() => Forget();

    private void Forget()
    {
        foreach (var signal in seen)
        {
            signal.Dispose();
        }

        seen = [];
    }
}
