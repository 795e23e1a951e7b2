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
    public Tensor Outputs(Tensor inputs, ScalarType type) => Group.Outputs(inputs, Indices, type);

    /// <summary>The same, with the way back to the inputs.</summary>
    public GroupPass Pass(Tensor inputs, PassTerms terms) => Group.Pass(inputs, Indices, terms);
}

/// <summary>Members in an order of choice, evaluated group by group.</summary>
internal sealed class MemberSelection
{
    private readonly IReadOnlyList<string> names;
    private readonly long[] order;
    private readonly bool inOrder;

    /// <param name="names">The members' ids in the order of the selection, for messages.</param>
    /// <param name="parts">The members by group.</param>
    public MemberSelection(IReadOnlyList<string> names, IReadOnlyList<SelectedMembers> parts)
    {
        this.names = names;
        Parts = parts;
        int[] positions = [.. parts.SelectMany(part => part.Positions)];
        order = [.. Enumerable.Range(0, positions.Length).OrderBy(i => positions[i]).Select(i => (long)i)];
        inOrder = positions.Zip(positions.Skip(1)).All(pair => pair.First < pair.Second);
    }

    /// <summary>The members by group: each part is one pass.</summary>
    public IReadOnlyList<SelectedMembers> Parts { get; }

    /// <summary>What the members answer, in the selection's order, [members, N·d_out]; without a graph.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="type">What convolutions compute with; the answers are float32.</param>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor Outputs(Tensor inputs, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return InOrder([.. Parts.Select(part => part.Outputs(inputs, type))]).MoveToOuterDisposeScope();
    }

    /// <summary>The same, with the way back to the inputs. All of it belongs to the caller's dispose scope.</summary>
    /// <param name="inputs">[N, input…], without a graph.</param>
    /// <param name="terms">How exactly, and with how much memory.</param>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public GroupPass Pass(Tensor inputs, PassTerms terms)
    {
        var ofSelection = terms.Anew();
        GroupPass[] passes = [.. Parts.Select(part => part.Pass(inputs, ofSelection))];
        return new(InOrder([.. passes.Select(pass => pass.Answers)]), Gradient);

        Tensor Gradient(Tensor ofAnswers)
        {
            using var scope = NewDisposeScope();
            var sum = passes[0].Gradient(Rows(ofAnswers, Parts[0].Positions));
            foreach (var (part, pass) in Parts.Zip(passes).Skip(1))
            {
                using var ofPart = NewDisposeScope();
                sum.add_(pass.Gradient(Rows(ofAnswers, part.Positions)));
            }

            return sum.MoveToOuterDisposeScope();
        }
    }

    private static Tensor Rows(Tensor answers, int[] positions) => positions is [var only]
        ? answers.narrow(0, only, 1)
        : answers.index_select(0, tensor(positions.Select(position => (long)position).ToArray(), device: answers.device));

    /// <summary>Puts the parts' answers into the selection's order and checks them.</summary>
    /// <param name="answers">One tensor for each of <see cref="Parts"/>.</param>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor InOrder(IReadOnlyList<Tensor> answers)
    {
        using var scope = NewDisposeScope();
        var ordered = cat([.. answers], 0);
        if (!inOrder)
        {
            ordered = ordered.index_select(0, tensor(order, device: ordered.device));
        }

        // The sum is a quick look: that of large answers may overflow though each of them is finite.
        if (!double.IsFinite(ordered.sum().ToDouble()) && ordered.isfinite().all(1).logical_not() is var unsound && unsound.any().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("on the fingerprint", names[unsound.to_type(ScalarType.Int32).argmax().ToInt32()]);
        }

        return ordered.MoveToOuterDisposeScope();
    }
}
