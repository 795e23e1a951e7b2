using System.Diagnostics;
using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Speed.Work;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using CurvePoint = Utaf.Benchmarks.Results.CurvePoint;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>One repeat of a scenario on its built ensemble: every setting, and the scores of the models that each is tested on.</summary>
/// <param name="opened">Built.</param>
/// <param name="quick">Only what shows that everything works.</param>
/// <param name="said">Told what is done.</param>
internal sealed class ScenarioRun(OpenedScenario opened, bool quick, Action<string> said)
{
    private static readonly SplitFractions Halves = new(Test: 0.5);

    private readonly OpenedEnsemble ensemble = opened.Ensemble;

    /// <summary>UTAF in every setting.</summary>
    public IReadOnlyList<SchemeResult> Run()
    {
        var results = new List<Measured>
        {
            Measure("utaf", Settings.Default, new(Examples: quick ? 20 : 100)),
            Measure("utaf-paper", Settings.Default, new(Examples: quick ? 20 : 100, Schedule: Schedule.Paper, Iterations: quick ? 50 : null)),
        };
        results.AddRange(Unseen(results[0].Pair));
        foreach (var examples in quick ? [10] : (int[])[10, 20, 40, 60, 80])
        {
            results.Add(Measure("utaf", Settings.Examples(examples), new(Examples: examples)));
        }

        foreach (var perSide in quick ? [3] : (int[])[5, 10, 15, 20, 25])
        {
            results.Add(Measure("utaf", Settings.Ensemble(perSide), new(Examples: quick ? 20 : 100), split => split with { Training = Fewer(split.Training, perSide) }));
        }

        results.AddRange(LeftOut().Select(left => Measure("utaf", Settings.Without(left.Name), new(Examples: quick ? 20 : 100), split => Without(split, left.Holds))));
        return [.. results.Select(result => result.Result)];
    }

    /// <summary>Each family of attacks, and each architecture of honest models.</summary>
    private IEnumerable<(string Name, Func<Member, bool> Holds)> LeftOut()
    {
        var plan = ensemble.Folder.Plan;
        var families = plan.Members.Where(member => member.Stolen).Select(member => member.Family).Distinct()
            .Select(family => (family, (Func<Member, bool>)(member => member.Stolen && (member.Family == family || Start(member).Family == family))));
        var architectures = plan.Members.Where(member => !member.Stolen).Select(member => plan.ArchitectureOf(member).Id).Distinct()
            .Select(id => ($"honest-{id}", (Func<Member, bool>)(member => !member.Stolen && plan.ArchitectureOf(member).Id == id)));
        return quick ? families.Take(1) : families.Concat(architectures);

        Member Start(Member member) => member.Parent is { } parent ? Start(plan.Members.First(other => other.Id == parent)) : member;
    }

    private static EnsembleSplit Without(EnsembleSplit split, Func<Member, bool> left)
    {
        var stolen = split.Test.Concat(split.Training).First(left).Stolen;
        return split with
        {
            Training = [.. split.Training.Where(member => !left(member))],
            Validation = [.. split.Validation.Where(member => !left(member))],
            Test = [.. split.Training.Concat(split.Validation).Concat(split.Test).Where(left), .. split.Test.Where(member => member.Stolen != stolen)],
        };
    }

    // In the plan's order they would be of few families: each keeps its share.
    private static IReadOnlyList<Member> Fewer(IReadOnlyList<Member> members, int perSide) =>
        [.. members.GroupBy(member => member.Stolen).SelectMany(side => Spread([.. side], perSide))];

    private static IEnumerable<Member> Spread(Member[] side, int count) =>
        side.Length <= count ? side : Enumerable.Range(0, count).Select(i => side[i * side.Length / count]);

    private Measured Measure(string scheme, string setting, ConstructionOptions options, Func<EnsembleSplit, EnsembleSplit>? resplit = null)
    {
        var clock = Stopwatch.StartNew();
        var curve = new Curve(clock);
        var pair = PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, options with { Fractions = Halves }, resplit ?? (split => split), "benchmark", curve, CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        var heldOut = pair.Manifest.HeldOut;
        said(FormattableString.Invariant($"{scheme}, {setting}: AUC {heldOut.Auc:0.000}, ARUC {heldOut.Aruc:0.000}, {seconds:0.0} s"));
        return new(
            pair,
            new(
                scheme,
                setting,
                options.Examples,
                seconds,
                SecondsOfOne(pair),
                FormattableString.Invariant($"schedule {pair.Manifest.Training.Schedule}, {pair.Manifest.Training.Iterations} iterations"),
                [.. heldOut.Members.Select(member => new ScoredSuspect(member.Id, member.Stolen, member.Family, member.MatchingRate))],
                curve.Points));
    }

    /// <summary>The mean of asking a held-out model and scoring its answers.</summary>
    private double SecondsOfOne(FingerprintPair pair)
    {
        const int most = 20;
        var plan = ensemble.Folder.Plan;
        var asked = pair.Manifest.HeldOut.Members.Take(most).Select(member => plan.Members.First(other => other.Id == member.Id)).ToList();
        var seconds = 0.0;
        foreach (var member in asked)
        {
            using var suspect = Suspect(member);
            _ = Score(pair, suspect);
            var clock = Stopwatch.StartNew();
            _ = Score(pair, suspect);
            seconds += clock.Elapsed.TotalSeconds;
        }

        return seconds / asked.Count;
    }

    /// <summary>Attacks that no ensemble has: on the target and some stolen test members, against the honest ones.</summary>
    private IEnumerable<Measured> Unseen(FingerprintPair pair)
    {
        var plan = ensemble.Folder.Plan;
        var members = pair.Manifest.HeldOut.Members.Select(member => plan.Members.First(other => other.Id == member.Id)).ToList();
        foreach (var attack in UnseenAttack.All.Where(attack => attack.Fits(ensemble.Workshop)))
        {
            var clock = Stopwatch.StartNew();
            List<ScoredSuspect> suspects = [Asked("target", stolen: true, ensemble.Workshop.Target.Copy)];
            suspects.AddRange(members
                .Where(member => member.Stolen || attack.IsOfTheApi)
                .Select(member => Asked(member.Id, member.Stolen, () => ensemble.Folder.Load(member, ensemble.Workshop.Architectures))));
            if (!attack.IsOfTheApi)
            {
                suspects.AddRange(pair.Manifest.HeldOut.Members.Where(member => !member.Stolen).Select(member => new ScoredSuspect(member.Id, false, member.Family, member.MatchingRate)));
            }

            said($"unseen: {attack.Name}, {suspects.Count} suspects");
            yield return new(pair, new("utaf", Settings.Unseen(attack.Name), pair.Fingerprint.Count, 0, clock.Elapsed.TotalSeconds / suspects.Count, attack.Description, suspects, []));

            ScoredSuspect Asked(string id, bool stolen, Func<Models.Network> load)
            {
                using var network = load();
                return new(id, stolen, stolen ? attack.Name : members.First(member => member.Id == id).Family, attack.Score(pair, network, ensemble.Workshop));
            }
        }
    }

    private NetworkSuspect Suspect(Member member) =>
        new(member.Id, ensemble.Folder.Load(member, ensemble.Workshop.Architectures), ensemble.Workshop.Task, ensemble.Workshop.Probe);

    private static double Score(FingerprintPair pair, NetworkSuspect suspect)
    {
        var answers = suspect.QueryAsync(pair.Fingerprint, CancellationToken.None).GetAwaiter().GetResult();
        return pair.Verifier.MatchingRate([.. answers.Rows.SelectMany(row => row!)]);
    }

    private sealed record Measured(FingerprintPair Pair, SchemeResult Result);

    /// <summary>The points of the training curve with the time at which they were measured.</summary>
    private sealed class Curve(Stopwatch clock) : IProgress<ConstructionProgress>
    {
        public List<CurvePoint> Points { get; } = [];

        public void Report(ConstructionProgress value)
        {
            if (value.Point is { ValidationAuc: { } auc, ValidationAruc: { } aruc })
            {
                Points.Add(new(clock.Elapsed.TotalSeconds, auc, aruc));
            }
        }
    }
}
