using Utaf.Ensembles.Obfuscations;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>The profiles: how many members of which kind. <c>paper</c> is Table A2.</summary>
/// <param name="Architectures">Students' and independent models' architectures, from small to large.</param>
/// <param name="Filters">Whether the target has convolutions, whose filters can be pruned.</param>
/// <param name="Length">How long members are trained.</param>
internal sealed record Composition(IReadOnlyList<Architecture> Architectures, bool Filters, TrainingLength Length)
{
    private const double HintonTemperature = 4;

    /// <summary>The names of the profiles.</summary>
    public const string Profiles = "quick, standard or paper";

    /// <summary>The members of a profile.</summary>
    /// <exception cref="UtafException">UTAF1001: no such profile.</exception>
    public IReadOnlyList<Member> Members(string profile) => profile switch
    {
        "quick" => Quick(),
        "standard" => Standard(),
        "paper" => Paper(),
        _ => throw Errors.BadOption("--profile", profile, Profiles),
    };

    /// <summary>24 members: one of each kind that matters.</summary>
    private List<Member> Quick()
    {
        List<Member> members =
        [
            .. Weights([0.3], variants: 1),
            .. Weights([0.6], variants: 2)[1..],
            .. Filters ? FilterPrunings([0.25], variants: 1) : Weights([0.4], variants: 1),
            .. Tuned(repeats: 1),
            .. Distilled(4),
        ];
        members.Add(Chain(members[0], FineTuned(TrainedLayers.All, 7)));
        return [.. members, .. Independent(10), .. IrrelevantModels(2)];
    }

    /// <summary>70 members, 35 positives and 35 negatives.</summary>
    private List<Member> Standard()
    {
        double[] ninths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        double[] quarters = [2 / 16.0, 6 / 16.0, 10 / 16.0, 14 / 16.0];
        List<Member> members =
        [
            .. Weights(ninths, variants: 1),
            .. Filters ? FilterPrunings(quarters, variants: 1) : Weights([0.2, 0.4, 0.6, 0.8], variants: 2).Where((_, i) => i % 2 == 1),
            .. Tuned(repeats: 2),
            .. Distilled(10),
        ];
        var (pruned, distilled) = (members[4], members[^1]);
        var tuned = members.First(member => member.Recipe is FineTuning { Layers: TrainedLayers.All });
        members.AddRange(
        [
            Chain(pruned, FineTuned(TrainedLayers.All, 7)),
            Chain(tuned, Pruning(0.5, 0)),
            Chain(tuned, Retrained(TrainedLayers.Last, 7)),
            Chain(distilled, FineTuned(TrainedLayers.All, 7)),
        ]);
        return [.. members, .. Independent(30), .. IrrelevantModels(5)];
    }

    /// <summary>70 positives and 70 negatives as in Table A2.</summary>
    private List<Member> Paper()
    {
        double[] ninths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        return
        [
            .. Tuned(repeats: 2),
            .. Filters ? Weights(ninths, variants: 2) : Weights(ninths, variants: 4),
            .. Filters ? FilterPrunings([.. Enumerable.Range(1, 15).Select(n => n / 16.0)], variants: 2) : [],
            .. Distilled(Filters ? 14 : 26),
            .. Independent(60),
            .. IrrelevantModels(10),
        ];
    }

    /// <summary>
    /// The paper repeats each ratio, but pruning the same weights twice gives the same model twice: here the copies
    /// differ in scope and in the epochs of recovery.
    /// </summary>
    private List<Member> Weights(double[] ratios, int variants) =>
        [.. from ratio in ratios from variant in Enumerable.Range(0, variants) select Positive(Pruning(ratio, variant))];

    private WeightPruning Pruning(double ratio, int variant) =>
        new(ratio, variant % 2 == 0 ? PruningScope.Global : PruningScope.PerLayer, PruningCriterion.L1, Length.FineTuning with { Epochs = variant });

    private List<Member> FilterPrunings(double[] ratios, int variants) =>
    [
        .. from ratio in ratios
           from variant in Enumerable.Range(0, variants)
           select Positive(new FilterPruning(ratio, variant == 0 ? PruningCriterion.L1 : PruningCriterion.Random, Length.FineTuning with { Epochs = variant * 2 })),
    ];

    private IEnumerable<Member> Tuned(int repeats) =>
        from repeat in Enumerable.Range(0, repeats)
        from recipe in (Recipe[])
        [
            FineTuned(TrainedLayers.Last, repeat),
            FineTuned(TrainedLayers.All, repeat),
            Retrained(TrainedLayers.Last, repeat),
            Retrained(TrainedLayers.All, repeat),
        ]
        select Positive(recipe);

    private FineTuning FineTuned(TrainedLayers layers, int repeat) => new(layers, Length.FineTuning, repeat);

    private Retraining Retrained(TrainedLayers layers, int repeat) => new(layers, Length.FineTuning, repeat);

    private IEnumerable<Member> Distilled(int count) =>
        Spread(count).Select(student => Positive(new Distillation(student.Architecture, Length.Students, HintonTemperature, student.Repeat)));

    /// <summary>Half on the owner's data, half on public data, over all architectures and the target's own.</summary>
    private IEnumerable<Member> Independent(int count) =>
        Spread(count, own: 1).Select(model => new Member(
            "",
            Stolen: false,
            Parent: null,
            new IndependentTraining(model.Architecture, model.Repeat % 2 == 0 ? DataSource.Owner : DataSource.Public, Length.FromScratch, model.Repeat))).Select(Named);

    private IEnumerable<Member> IrrelevantModels(int count) =>
        Spread(count).Select(model => new Member(
            "",
            Stolen: false,
            Parent: null,
            new IndependentTraining(model.Architecture, DataSource.Irrelevant, Length.FromScratch, model.Index))).Select(Named);

    /// <summary>Deals out a number of members to the architectures in turn; <paramref name="own"/> adds the target's to them.</summary>
    private IEnumerable<(Architecture Architecture, int Repeat, int Index)> Spread(int count, int own = 0)
    {
        Architecture[] dealt = own > 0 ? [.. Architectures.Prepend(new TargetArchitecture()).Distinct()] : [.. Architectures];
        return Enumerable.Range(0, count).Select(i => (dealt[i % dealt.Length], i / dealt.Length, i));
    }

    private static Member Positive(Recipe recipe) => new(recipe.Id, Stolen: true, Parent: null, recipe);

    private static Member Chain(Member first, Obfuscation second) => new($"{first.Id}+{second.Id}", Stolen: true, first.Id, second);

    private static Member Named(Member member) => member with { Id = member.Recipe.Id };
}
