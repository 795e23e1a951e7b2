using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Members of one part of the ensemble, loaded, frozen and grouped; the target may be one of them.</summary>
internal sealed class FrozenMembers : IDisposable
{
    private readonly IReadOnlyList<MemberGroup> groups;
    private readonly (MemberGroup Group, int Index)[] byPlace;

    private FrozenMembers(IReadOnlyList<string> names, IReadOnlyList<bool> stolen, IReadOnlyList<MemberGroup> groups)
    {
        Names = names;
        Stolen = stolen;
        this.groups = groups;
        byPlace = [.. groups.SelectMany(group => group.Places.Select((place, index) => (place, group, index))).OrderBy(member => member.place).Select(member => (member.group, member.index))];
        All = new(names, [.. groups.Select(group => new SelectedMembers(group, null, [.. group.Places]))]);
    }

    /// <summary>The members' ids, for messages.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Which members are positives.</summary>
    public IReadOnlyList<bool> Stolen { get; }

    /// <summary>How many members there are.</summary>
    public int Count => Names.Count;

    /// <summary>All members in their order.</summary>
    public MemberSelection All { get; }

    /// <summary>The places of one side; the target, where it is loaded, is the first positive.</summary>
    public int[] PlacesOf(bool stolen) => [.. Enumerable.Range(0, Count).Where(place => Stolen[place] == stolen)];

    /// <summary>Some members, in the given order.</summary>
    /// <param name="places">Places in the list they were loaded from, each at most once.</param>
    public MemberSelection Select(IReadOnlyList<int> places) => new(
        [.. places.Select(place => Names[place])],
        [.. places
            .Select((place, position) => (byPlace[place].Group, byPlace[place].Index, position))
            .GroupBy(member => member.Group)
            .Select(part => new SelectedMembers(part.Key, [.. part.Select(member => member.Index)], [.. part.Select(member => member.position)]))]);

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
        using var noGradient = no_grad();
        return All.Outputs(inputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }
    }

    private static FrozenMembers Group(IReadOnlyList<string> names, IReadOnlyList<bool> stolen, IEnumerable<Network> networks, Workshop workshop)
    {
        var perceptrons = new List<(int Place, MlpWeights Weights)>();
        var groups = new List<MemberGroup>();
        foreach (var (network, place) in networks.Select((network, i) => (network, i)))
        {
            if (MlpWeights.TryRead(network, workshop.Probe) is { } weights)
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
