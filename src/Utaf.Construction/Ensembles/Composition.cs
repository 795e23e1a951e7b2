using Utaf.Ensembles.Obfuscations;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>The profiles: how many members of which kind. <c>paper</c> is Table A2, and members that are learned from alone.</summary>
/// <param name="Architectures">Students' and independent models' architectures, from small to large.</param>
/// <param name="Filters">Whether the target has convolutions, whose filters can be pruned.</param>
/// <param name="TargetIsKnown">Whether the target's own architecture is one of these.</param>
/// <param name="Length">How long members are trained.</param>
/// <param name="Annealed">Whether students learn the data's targets in the end; <c>paper</c> then has more of them and of honest models, where there are no filters.</param>
/// <param name="Perturbs">Whether <c>paper</c> has perturbed copies beside the paper's members.</param>
internal sealed record Composition(IReadOnlyList<Architecture> Architectures, bool Filters, bool TargetIsKnown, TrainingLength Length, bool Annealed = false, bool Perturbs = false)
{
    private const double HintonTemperature = 4;

    // Beyond these ratios little is left of a model unless the thief trains it again, and nobody serves what is of no use.
    private const double MostWeights = 0.6;
    private const double MostFilters = 0.25;

    // Architectures in Table A2 for Fashion.
    private const int OfFashion = 4;

    // Table A2's models of the owner's and of public data.
    private const int HonestCount = 60;

    // Table A2's numbers of students and of independent models by architecture, from S to XXL: Warfarin, Fashion (of which no
    // XL is distilled), Skin. Other lists of architectures are dealt out evenly.
    private static readonly int[][] TableStudents = [[10, 10, 6], [6, 6, 2, 0], [4, 4, 2, 2, 2]];
    private static readonly int[][] TableIndependent = [[20, 20, 20], [20, 10, 10, 20], [20, 20, 12, 4, 4]];

    // Softened probabilities, labels alone, probabilities as an API serves them.
    private static readonly double[] Temperatures = [HintonTemperature, 0, 1];

    // Table A2's students: fewer where filters are pruned.
    private int StudentCount => Filters ? 14 : 26;

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
            .. Distilled(WithTarget, 4, varied: true),
        ];
        members.Add(Chain(members[0], FineTuned(TrainedLayers.All, 7)));
        return [.. members, .. Independent(WithTargets, 10, varied: true), .. IrrelevantModels(2)];
    }

    /// <summary>70 members, 35 positives and 35 negatives.</summary>
    private List<Member> Standard()
    {
        List<Member> members =
        [
            .. Weights([0.2, 0.4, 0.6], variants: 1),
            .. ((double[])[0.7, 0.8, 0.9]).Select(ratio => Positive(Pruning(ratio, 3))),
            .. Filters
                ? [.. FilterPrunings([2 / 16.0, 4 / 16.0], variants: 1), .. FilterPrunings([6 / 16.0, 10 / 16.0], variants: 2).Where((_, i) => i % 2 == 1)]
                : Weights([0.1, 0.3, 0.5, 0.7], variants: 2).Where((_, i) => i % 2 == 1),
            .. Tuned(repeats: 2),
            .. Distilled(WithTarget, 13, varied: true),
        ];
        var (pruned, distilled) = (members[1], members[^1]);
        var tuned = members.First(member => member.Recipe is FineTuning { Layers: TrainedLayers.All });
        members.AddRange(
        [
            Chain(pruned, FineTuned(TrainedLayers.All, 7)),
            Chain(tuned, Pruning(0.5, 0)),
            Chain(tuned, Retrained(TrainedLayers.Last, 7)),
            Chain(distilled, FineTuned(TrainedLayers.All, 7)),
        ]);
        return [.. members, .. Independent(WithTargets, 30, varied: true), .. IrrelevantModels(5)];
    }

    /// <summary>70 positives and 70 negatives as in Table A2, and members that are learned from alone.</summary>
    private List<Member> Paper()
    {
        double[] ninths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        return
        [
            .. Tuned(repeats: 2),
            .. Filters ? Weights(ninths, variants: 2) : Weights(ninths, variants: 4),
            .. Filters ? FilterPrunings([.. Enumerable.Range(1, 15).Select(n => n / 16.0)], variants: 2) : [],
            .. Students(times: 1),
            .. HonestModels(times: 1),
            .. IrrelevantModels(10),
            .. Perturbs ? Perturbed([0.2, 0.35, 0.5], [1, 3]) : [],
            .. Annealed && !Filters ? AsManyAgain() : [],
        ];
    }

    /// <summary>
    /// Annealed students end by learning what honest models learn, and what is left of the target is little: it takes more of
    /// both to tell them apart. More students alone raised the AUC and not the ARUC (docs/method.md). It was tried with
    /// perceptrons, whose members cost seconds.
    /// </summary>
    private IEnumerable<Member> AsManyAgain() =>
        Students(times: 2).Skip(StudentCount).Concat(HonestModels(times: 2).Skip(HonestCount)).Select(member => member with { ForTrainingAlone = true });

    /// <summary>Table A2's students, or several times as many, of which the first are the table's.</summary>
    private IEnumerable<Member> Students(int times) =>
        Distilled(InShares(Architectures, StudentCount, TableStudents), times * StudentCount, varied: false);

    /// <summary>Table A2's models of the owner's and of public data, or several times as many, of which the first are the table's.</summary>
    private IEnumerable<Member> HonestModels(int times) =>
        Independent(InShares(TargetIsKnown ? Architectures : WithTarget, HonestCount, TableIndependent), times * HonestCount, varied: false);

    /// <summary>Copies of every degree between the target and a model that learned the task anew, with little training and with more.</summary>
    private IEnumerable<Member> Perturbed(double[] shares, int[] epochs) =>
        from share in shares
        from count in epochs
        select Positive(new ShrinkPerturb(share, Length.FineTuning with { Epochs = count }));

    /// <summary>
    /// The paper repeats each ratio, but pruning the same weights twice gives the same model twice: here the copies
    /// differ in scope and in the epochs of recovery, of which a heavily pruned copy has at least one.
    /// </summary>
    private List<Member> Weights(double[] ratios, int variants) =>
        [.. from ratio in ratios from variant in Enumerable.Range(0, variants) select Positive(Pruning(ratio, variant))];

    private WeightPruning Pruning(double ratio, int variant) =>
        new(ratio, variant % 2 == 0 ? PruningScope.Global : PruningScope.PerLayer, PruningCriterion.L1, Recovery(ratio > MostWeights, variant));

    private List<Member> FilterPrunings(double[] ratios, int variants) =>
    [
        .. from ratio in ratios
           from variant in Enumerable.Range(0, variants)
           select Positive(new FilterPruning(ratio, variant == 0 ? PruningCriterion.L1 : PruningCriterion.Random, Recovery(ratio > MostFilters, variant * 2))),
    ];

    private TrainingSettings Recovery(bool heavy, int epochs) => Length.FineTuning with { Epochs = Math.Max(heavy ? 1 : 0, epochs) };

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

    private IEnumerable<Member> Distilled(IReadOnlyList<Architecture> architectures, int count, bool varied) =>
        Deal(architectures, count).Select(student => Positive(new Distillation(
            student.Architecture,
            Length.Students,
            varied ? Temperatures[student.Repeat % Temperatures.Length] : HintonTemperature,
            student.Repeat,
            Annealed)));

    /// <summary>A list with each architecture as often as Table A2 has it, where the table knows such a list; otherwise the list itself.</summary>
    private static IReadOnlyList<Architecture> InShares(IReadOnlyList<Architecture> architectures, int count, int[][] table)
    {
        // Four are Fashion's generators alone: a regressor may have as many with its own target.
        var generators = architectures[0] is FcGan;
        var own = table.FirstOrDefault(shares => shares.Length == architectures.Count && shares.Sum() == count && (shares.Length == OfFashion) == generators);
        return own is null ? architectures : [.. architectures.Zip(own).SelectMany(pair => Enumerable.Repeat(pair.First, pair.Second))];
    }

    /// <summary>Half on the owner's data, half on public data.</summary>
    private IEnumerable<Member> Independent(IReadOnlyList<Architecture> architectures, int count, bool varied) =>
        Deal(architectures, count).Select(model => Negative(new IndependentTraining(
            model.Architecture,
            model.Repeat % 2 == 0 ? DataSource.Owner : DataSource.Public,
            varied ? Varied(Length.FromScratch, model.Position + model.Repeat) : Length.FromScratch,
            model.Repeat)));

    private IEnumerable<Member> IrrelevantModels(int count) =>
        Deal(Architectures, count).Select((model, index) => Negative(new IndependentTraining(model.Architecture, DataSource.Irrelevant, Length.FromScratch, index)));

    /// <summary>
    /// Honest competitors train as they please. Were all trained alike, the meta-verifier could tell them by how sure they
    /// are, and take any model that was trained like the target for a copy.
    /// </summary>
    private static TrainingSettings Varied(TrainingSettings training, int which) => (which % 4) switch
    {
        0 or 2 => training with { Epochs = training.Epochs * 3 / 2, LearningRate = training.LearningRate * 2 },
        1 => training,
        _ => training with { Epochs = (training.Epochs + 3) / 4 },
    };

    /// <summary>The target's own architecture, then the others.</summary>
    private IReadOnlyList<Architecture> WithTarget => [.. Architectures.Prepend(new TargetArchitecture()).Distinct()];

    /// <summary>The architectures with the target's own in every other place: the closest that honest models come.</summary>
    private IReadOnlyList<Architecture> WithTargets =>
        [.. Architectures.SelectMany(architecture => (Architecture[])[new TargetArchitecture(), architecture])];

    /// <summary>Deals out a number of members to the architectures in turn, and counts each architecture's.</summary>
    private static IEnumerable<(Architecture Architecture, int Position, int Repeat)> Deal(IReadOnlyList<Architecture> architectures, int count)
    {
        var dealt = new Dictionary<Architecture, int>();
        for (var i = 0; i < count; i++)
        {
            var architecture = architectures[i % architectures.Count];
            var repeat = dealt.GetValueOrDefault(architecture);
            dealt[architecture] = repeat + 1;
            yield return (architecture, i % architectures.Count, repeat);
        }
    }

    private static Member Positive(Recipe recipe) => new(recipe.Id, Stolen: true, Parent: null, recipe);

    private static Member Chain(Member first, Obfuscation second) => new($"{first.Id}+{second.Id}", Stolen: true, first.Id, second);

    private static Member Negative(Recipe recipe) => new(recipe.Id, Stolen: false, Parent: null, recipe);
}
