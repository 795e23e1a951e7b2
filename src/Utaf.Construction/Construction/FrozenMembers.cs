using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Members of one part of the ensemble, loaded, frozen and grouped; the target may be one of them.</summary>
internal sealed class FrozenMembers : IDisposable
{
    private readonly IReadOnlyList<MemberGroup> groups;
    private readonly (MemberGroup Group, int Index)[] byPlace;

    private readonly MemberShelf? shelf;

    /// <param name="names">The members' ids, for messages.</param>
    /// <param name="stolen">Which members are positives, in the same order.</param>
    /// <param name="groups">Together all members; disposed with this.</param>
    /// <param name="shelf">What holds networks for the groups, if anything; disposed with this.</param>
    public FrozenMembers(IReadOnlyList<string> names, IReadOnlyList<bool> stolen, IReadOnlyList<MemberGroup> groups, MemberShelf? shelf = null)
    {
        Names = names;
        Stolen = stolen;
        this.groups = groups;
        this.shelf = shelf;
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

    /// <summary>Loads members: perceptrons at once, stacked by shape, others when they are asked.</summary>
    /// <param name="members">The part of the ensemble.</param>
    /// <param name="folder">Where the members are.</param>
    /// <param name="workshop">Target, task and device.</param>
    /// <param name="withTarget">Puts the target in front of the members.</param>
    /// <param name="budget">How many bytes of weights that are no perceptrons' may be held: who asks all of them again and again wants room for all.</param>
    /// <exception cref="UtafException">UTAF1402: a perceptron's file is damaged.</exception>
    public static FrozenMembers Load(IReadOnlyList<Member> members, EnsembleFolder folder, Workshop workshop, bool withTarget, long budget = MemberShelf.UsualBudget)
    {
        IReadOnlyList<Member?> all = withTarget ? [null, .. members] : [.. members];
        var shelf = new MemberShelf(all, folder, workshop, budget);
        var perceptrons = new List<(int Place, MlpWeights Weights)>();
        var groups = new List<MemberGroup>();
        var others = new HashSet<Architecture>();
        using var moulds = new PerceptronMoulds(folder, workshop);
        for (var place = 0; place < all.Count; place++)
        {
            // What is no perceptron once is none ever: a hundred large networks need not be read to know it.
            var architecture = all[place] is { } member ? folder.Plan.ArchitectureOf(member) : new TargetArchitecture();
            if (!others.Contains(architecture) && moulds.TryRead(all[place], architecture) is { } weights)
            {
                perceptrons.Add((place, weights));
                continue;
            }

            others.Add(architecture);
            var own = place;
            groups.Add(new SingleMember(own, terms => shelf.Take(own, terms), workshop.Task));
        }

        groups.AddRange(perceptrons
            .GroupBy(member => (member.Weights.Shape, member.Weights.Form))
            .Select(group => new StackedMlps([.. group.Select(member => member.Place)], [.. group.Select(member => member.Weights)], workshop.Task)));
        return new(
            [.. all.Select(member => member?.Id ?? "target")],
            [.. all.Select(member => member?.Stolen ?? true)],
            groups,
            shelf);
    }

    /// <summary>What all members answer, in their order, without gradients.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="type">What convolutions compute with; the answers are float32.</param>
    /// <returns>[members, N·d_out].</returns>
    /// <exception cref="UtafException">UTAF1403: a member's answer is NaN or infinite; it is named.</exception>
    public Tensor Outputs(Tensor inputs, ScalarType type = ScalarType.Float32) => All.Outputs(inputs, type);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }

        shelf?.Dispose();
    }
}
