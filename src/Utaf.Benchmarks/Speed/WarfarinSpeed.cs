using System.Globalization;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>The Warfarin scenario: all stages, ours and the reference's in turn, one seed after the other.</summary>
internal static class WarfarinSpeed
{
    private const int PaperIterations = 1000;

    // The batched schedule's own numbers are the last.
    private static readonly Budget[] Budgets = [new(1, 20), new(1, 40), new(2, 40), new(2, 60), new(3, 60), new(5, 60), new(10, 100), new(20, 200), new(60, 200)];

    /// <summary>How much of the batched schedule is made.</summary>
    /// <param name="Iterations">Steps of the fingerprint.</param>
    /// <param name="VerifierSteps">Steps of the meta-verifier once the fingerprint stands.</param>
    private sealed record Budget(int Iterations, int VerifierSteps)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Iterations} + {VerifierSteps}");
    }

    private sealed record Pair(IReadOnlyList<StageLine> Ours, IReadOnlyDictionary<Budget, IReadOnlyList<StageLine>> Batched, IReadOnlyList<StageLine> Reference);

    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var python = session.RequirePython();
        var settings = session.Settings;
        var iterations = settings.Quick ? 20 : PaperIterations;
        Budget[] budgets = !settings.Wants(Measurements.ConstructAuc) ? [] : settings.Quick ? Budgets[..2] : Budgets;
        var folder = session.Folder("warfarin");
        var threads = 0;
        var pairs = Alternation.Run(settings.Repeats, Ours, Theirs)
            .Select(pair => new Pair(pair.Ours.Lines, pair.Ours.Batched, pair.Reference.Lines))
            .ToList();
        return Rows(pairs, threads, iterations);

        Turn Ours(int repeat)
        {
            var seed = settings.Seed + (ulong)repeat;
            var lines = session.Run(new WarfarinWork(settings.Data!, folder, seed, iterations).AsContestant($"ours, Warfarin, seed {seed}"));
            return new(lines, budgets.ToDictionary(
                budget => budget,
                budget => session.Run(new BatchedWork(settings.Data!, folder, seed, budget.Iterations, budget.VerifierSteps).AsContestant($"ours, Warfarin, seed {seed}, batched, {budget} steps"))));
        }

        Turn Theirs(int repeat)
        {
            var seed = settings.Seed + (ulong)repeat;
            if (threads > 0)
            {
                return new(session.Run(With(threads)), new Dictionary<Budget, IReadOnlyList<StageLine>>());
            }

            (threads, var lines) = session.BestThreads(With, lines => lines.Stage("ensemble").Seconds + lines.Stage("construct").Seconds);
            return new(lines, new Dictionary<Budget, IReadOnlyList<StageLine>>());

            Contestant With(int threads) => python.Runs(
                string.Create(CultureInfo.InvariantCulture, $"PyTorch, Warfarin, seed {seed}, {threads} threads"),
                settings.Reference!,
                "--data", settings.Data!,
                "--seed", seed.ToString(CultureInfo.InvariantCulture),
                "--threads", threads.ToString(CultureInfo.InvariantCulture),
                "--iterations", iterations.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static List<SpeedRow> Rows(List<Pair> pairs, int threads, int iterations)
    {
        var reference = $"PyTorch with {threads} thread{(threads == 1 ? "" : "s")}";
        var construct = Theirs("construct");
        var verify = Theirs("verify");
        return
        [
            new(Measurements.Ensemble, $"Warfarin ensemble, {pairs[0].Ours.Stage("ensemble")["members"]:0} models", "s", 1.0 / 8, Ours("ensemble"), Theirs("ensemble"),
                $"{reference}. Steps of training: ours {pairs[0].Ours.Stage("ensemble")["training_steps"]:0}, PyTorch {pairs[0].Reference.Stage("ensemble").Numbers.GetValueOrDefault("training_steps"):0}. Ours includes writing the members' files."),
            new(Measurements.Construct, $"Warfarin construction, {iterations} iterations of the paper's schedule", "s", 0.5, Loop("construct-again"), construct,
                $"{reference}. The learning loop of both; ours measures on the validation part now and then, in a process that has constructed before."),
            new(Measurements.Construct, "the same, for the first time in a process", "s", null, Loop("construct"), construct),
            new(Measurements.Construct, "the same as a whole", "s", null, Ours("construct-again"), construct,
                "With reading the members' files, the choice of the threshold, and the test."),
            new(Measurements.Construct, "the same as a whole, for the first time in a process", "s", null, Ours("construct"), construct),
            .. ToTheirAuc(pairs, reference, construct),
            new(Measurements.Verify, $"verification of {pairs[0].Ours.Stage("verify")["suspects"]:0} suspects", "s", 1, Ours("verify-again"), verify,
                $"{reference}. From the pair's file to scores and curves, the suspects' own passes included."),
            new(Measurements.Verify, "the same, for the first time in a process", "s", null, Ours("verify"), verify),
            new(Measurements.Verify, "the same from answers that are there already", "s", null, Ours("scores-again"), verify),
        ];

        double[] Ours(string stage) => [.. pairs.Select(pair => pair.Ours.Stage(stage).Seconds)];
        double[] Loop(string stage) => [.. pairs.Select(pair => pair.Ours.Stage(stage)["loop"])];
        double[] Theirs(string stage) => [.. pairs.Select(pair => pair.Reference.Stage(stage).Seconds)];
    }

    /// <summary>The smallest budget of the batched schedule with a mean test AUC that is not below the reference's.</summary>
    private static IEnumerable<SpeedRow> ToTheirAuc(List<Pair> pairs, string reference, double[] construct)
    {
        if (pairs[0].Batched.Count == 0)
        {
            yield break;
        }

        const string work = "Warfarin construction to the reference's own test AUC";
        var level = pairs.Average(pair => pair.Reference.Stage("verify")["auc"]);
        var means = pairs[0].Batched.Keys.OrderBy(budget => budget.Iterations).ThenBy(budget => budget.VerifierSteps).Select(budget => (Budget: budget, Auc: pairs.Average(pair => pair.Batched[budget].Stage("construct")["auc"]))).ToList();
        var curve = string.Join(", ", means.Select(mean => string.Create(CultureInfo.InvariantCulture, $"{mean.Budget}: {mean.Auc:0.000}")));
        var note = string.Create(CultureInfo.InvariantCulture, $"{reference}, mean test AUC {level:0.000}. Mean test AUC of ours by steps of the fingerprint + steps of the meta-verifier in the batched schedule: {curve}.");
        if (means.FirstOrDefault(mean => mean.Auc >= level) is not { Budget: { } enough })
        {
            yield return new(Measurements.ConstructAuc, work, "s", 0.1, [], null, $"Not reached. {note}");
            yield break;
        }

        yield return new(Measurements.ConstructAuc, $"{work}, {enough} steps", "s", 0.1, Of("construct-median"), construct,
            $"{note} The median of {BatchedWork.FurtherConstructions} constructions in a process that has constructed before, as the reference has trained before; reading of members and the test included; ρ is given and not chosen, as the reference has none.");
        yield return new(Measurements.ConstructAuc, "the same with ρ chosen", "s", null, Of("choosing-median"), construct, "A second meta-verifier is learned, without the validation part, and ρ is chosen by it.");
        yield return new(Measurements.ConstructAuc, "the same, for the first time in a process", "s", null, Of("construct"), construct);
        yield return new(Measurements.ConstructAuc, "the same without reading the members' files", "s", null, [.. Of("construct-median").Zip(Of("reading"), (whole, reading) => whole - reading)], construct);

        double[] Of(string stage) => [.. pairs.Select(pair => pair.Batched[enough].Stage(stage).Seconds)];
    }

    private sealed record Turn(IReadOnlyList<StageLine> Lines, IReadOnlyDictionary<Budget, IReadOnlyList<StageLine>> Batched);
}
