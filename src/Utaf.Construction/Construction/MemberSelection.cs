using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Some members of one group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Indices">Which of its members; null for all of them.</param>
/// <param name="Positions">Where their answers belong in the selection, one for each member.</param>
internal sealed record SelectedMembers(MemberGroup Group, int[]? Indices, int[] Positions)
{
    /// <summary>What they answer, [members, N·d_out].</summary>
    public Tensor Outputs(Tensor inputs) => Group.Outputs(inputs, Indices);
}

/// <summary>Members in an order of choice, evaluated group by group.</summary>
internal sealed class MemberSelection
{
    private readonly IReadOnlyList<string> names;
    private readonly long[] order;

    /// <param name="names">The members' ids in the order of the selection, for messages.</param>
    /// <param name="parts">The members by group.</param>
    public MemberSelection(IReadOnlyList<string> names, IReadOnlyList<SelectedMembers> parts)
    {
        this.names = names;
        Parts = parts;
        int[] positions = [.. parts.SelectMany(part => part.Positions)];
        order = [.. Enumerable.Range(0, positions.Length).OrderBy(i => positions[i]).Select(i => (long)i)];
    }

    /// <summary>The members by group: each part is one pass.</summary>
    public IReadOnlyList<SelectedMembers> Parts { get; }

    /// <summary>What the members answer, in the selection's order, [members, N·d_out]; with gradients where the inputs ask for them.</summary>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor Outputs(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return InOrder([.. Parts.Select(part => part.Outputs(inputs))]).MoveToOuterDisposeScope();
    }

    /// <summary>The same answers as a leaf of their own: their gradient goes on to the inputs by <see cref="Backward"/>.</summary>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor OutputsWithoutGraph(Tensor inputs)
    {
        using var noGradient = no_grad();
        return Outputs(inputs).requires_grad_();
    }

    /// <summary>Takes the gradient of the answers back to the inputs, with the graph of one part at a time in memory.</summary>
    /// <param name="inputs">[N, input…], with a graph of their own.</param>
    /// <param name="gradient">Of the answers in the selection's order, [members, N·d_out].</param>
    public void Backward(Tensor inputs, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var leaf = inputs.detach().requires_grad_();
        foreach (var part in Parts)
        {
            using var ofPart = NewDisposeScope();
            var positions = tensor(part.Positions.Select(position => (long)position).ToArray(), device: gradient.device);
            part.Outputs(leaf).backward([gradient.index_select(0, positions)]);
        }

        inputs.backward([leaf.grad!]);
    }

    /// <summary>Puts the parts' answers into the selection's order and checks them.</summary>
    /// <param name="answers">One tensor for each of <see cref="Parts"/>.</param>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor InOrder(IReadOnlyList<Tensor> answers)
    {
        using var scope = NewDisposeScope();
        var ordered = cat([.. answers], 0).index_select(0, tensor(order, device: answers[0].device));

        // The sum is a quick look: that of large answers may overflow though each of them is finite.
        if (!double.IsFinite(ordered.sum().ToDouble()) && ordered.isfinite().all(1).logical_not() is var unsound && unsound.any().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("on the fingerprint", names[unsound.to_type(ScalarType.Int32).argmax().ToInt32()]);
        }

        return ordered.MoveToOuterDisposeScope();
    }
}
