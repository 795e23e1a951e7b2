using TorchSharp;
using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Members of one part of the ensemble, loaded, frozen and grouped; the target may be one of them.</summary>
public sealed class FrozenMembers : IDisposable
{
    private readonly int[] order;
    private readonly (MemberGroup Group, int Index)[] byPlace;

    private FrozenMembers(IReadOnlyList<string> names, IReadOnlyList<bool> stolen, IReadOnlyList<MemberGroup> groups)
    {
        Names = names;
        Stolen = stolen;
        Groups = groups;
        var places = groups.SelectMany(group => group.Places).ToList();
        byPlace = [.. groups.SelectMany(group => group.Places.Select((place, index) => (place, group, index))).OrderBy(member => member.place).Select(member => (member.group, member.index))];
        order = [.. Enumerable.Range(0, places.Count).OrderBy(i => places[i])];
    }

    /// <summary>The members' ids, for messages.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Which members are positives.</summary>
    public IReadOnlyList<bool> Stolen { get; }

    /// <summary>The members in groups that are evaluated in one pass.</summary>
    public IReadOnlyList<MemberGroup> Groups { get; }

    /// <summary>How many members there are.</summary>
    public int Count => Names.Count;

    /// <summary>Loads members; perceptrons of one shape are stacked.</summary>
    /// <param name="members">The part of the ensemble; the target, where wanted, comes first.</param>
    /// <param name="folder">Where the members are.</param>
    /// <param name="workshop">Target, task and device.</param>
    /// <param name="withTarget">Puts the target in front of the members.</param>
    public static FrozenMembers Load(IReadOnlyList<Member> members, EnsembleFolder folder, Workshop workshop, bool withTarget)
    {
        var networks = members.Select(member => folder.Load(member, workshop.Architectures).To(workshop.Device));
        return withTarget
            ? Group(["target", .. members.Select(member => member.Id)], [true, .. members.Select(member => member.Stolen)], networks.Prepend(workshop.Target.Copy().To(workshop.Device).Freeze()), workshop)
            : Group([.. members.Select(member => member.Id)], [.. members.Select(member => member.Stolen)], networks, workshop);
    }

    /// <summary>What all members answer, in their order, without gradients.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <returns>[members, N·d_out].</returns>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor Outputs(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return InOrder([.. Groups.Select(group => group.Outputs(inputs))]).MoveToOuterDisposeScope();
    }

    /// <summary>What one member answers, with gradients to the inputs where they ask for them, [1, N·d_out].</summary>
    public Tensor OutputsOf(int place, Tensor inputs) => byPlace[place].Group.OutputsOf(byPlace[place].Index, inputs);

    /// <summary>Puts the groups' answers, in the order of <see cref="Groups"/>, into the members' order.</summary>
    public Tensor InOrder(IReadOnlyList<Tensor> answers)
    {
        using var scope = NewDisposeScope();
        var ordered = cat([.. answers], 0).index_select(0, tensor(order.Select(i => (long)i).ToArray(), device: answers[0].device));
        var sound = ordered.isfinite().all(1);
        if (!sound.all().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("on the fingerprint", Names[sound.to_type(ScalarType.Int32).argmin().ToInt32()]);
        }

        return ordered.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in Groups)
        {
            group.Dispose();
        }
    }

    private static FrozenMembers Group(IReadOnlyList<string> names, IReadOnlyList<bool> stolen, IEnumerable<Network> networks, Workshop workshop)
    {
        var probe = workshop.Owner.Inputs.narrow(0, 0, Math.Min(16, workshop.Owner.Count));
        var perceptrons = new List<(int Place, MlpWeights Weights)>();
        var groups = new List<MemberGroup>();
        foreach (var (network, place) in networks.Select((network, i) => (network, i)))
        {
            if (MlpWeights.TryRead(network, probe) is { } weights)
            {
                perceptrons.Add((place, weights));
                network.Dispose();
            }
            else
            {
                groups.Add(new SingleMember(place, network, workshop.Task));
            }
        }

        groups.AddRange(perceptrons
            .GroupBy(member => (member.Weights.Shape, member.Weights.Form))
            .Select(group => new StackedMlps([.. group.Select(member => member.Place)], [.. group.Select(member => member.Weights)], workshop.Task)));
        return new(names, stolen, groups);
    }
}
