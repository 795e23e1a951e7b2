using System.Globalization;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>Construction with ResNet-18s until the validation AUC is that which the reference's ends with, its best, and the best of both, on the same members.</summary>
internal static class IterationAucSpeed
{
    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var python = session.RequirePython();
        var settings = session.Settings;
        var (examples, images, theirIterations, every) = settings.Quick ? (8, 80, 2, 1) : (100, 1024, 60, 3);
        const int ourIterations = 10;
        var folder = session.Folder(settings.Quick ? "resnet-auc-quick" : "resnet-auc");
        session.Run(new ResNetMembersWork(settings.Images!, folder, images).AsContestant("ours, ResNet-18, members for both"));

        var threads = Environment.ProcessorCount;
        string[] more =
        [
            "--members", Path.Combine(folder, ResNetMembersWork.ListFile),
            "--iterations", theirIterations.ToString(CultureInfo.InvariantCulture),
            "--every", every.ToString(CultureInfo.InvariantCulture),
            "--examples", examples.ToString(CultureInfo.InvariantCulture),
        ];
        var pairs = Alternation.Run<IReadOnlyList<StageLine>>(
            session.AtMost(3),
            _ => Curve(session.Run(new ResNetAucWork(settings.Images!, folder, images, examples, ourIterations).AsContestant("ours, ResNet-18, to the same AUC"))),
            repeat => Curve(session.Run(ResNetReference.Of(python, "construct", threads, [.. more, "--seed", repeat.ToString(CultureInfo.InvariantCulture)]))));
        return [EndRow(pairs), Row(pairs, settings.Repeats, threads), BestOfBothRow(pairs)];
    }

    /// <summary>The row of the AUC that the reference ends with: the time from which each side has it for good.</summary>
    internal static SpeedRow EndRow(IReadOnlyList<(IReadOnlyList<StageLine> Ours, IReadOnlyList<StageLine> Reference)> pairs)
    {
        var times = pairs.Select(pair => (Level: pair.Reference[^1]["auc"], pair.Ours, pair.Reference)).Select(pair => (pair.Level, Ours: TimeForGood(pair.Ours, pair.Level), Reference: TimeForGood(pair.Reference, pair.Level)!.Value)).ToList();
        var reached = times.Where(pair => pair.Ours is not null).ToList();
        var levels = string.Join(", ", times.Select(pair => pair.Level.ToString("0.00", CultureInfo.InvariantCulture)));
        return new(
            Measurements.IterationAuc,
            "ResNet-18 at 28×28: construction to the validation AUC that PyTorch's ends with, for good",
            "s",
            reached.Count == pairs.Count ? 0.25 : null,
            [.. reached.Select(pair => pair.Ours!.Value)],
            reached.Count > 0 ? [.. reached.Select(pair => pair.Reference)] : null,
            $"PyTorch's AUC after its last iteration: {levels}. Times are those after which no measurement is below it. Ours had it so in {reached.Count} of {pairs.Count} pairs.");
    }

    /// <summary>The row of some curves: a pair counts where ours reaches the reference's best, and the row is judged where all count.</summary>
    internal static SpeedRow Row(IReadOnlyList<(IReadOnlyList<StageLine> Ours, IReadOnlyList<StageLine> Reference)> pairs, int repeats, int threads)
    {
        var reached = pairs.Select(pair => Reached(pair.Ours, pair.Reference)).OfType<(double Ours, double Reference, double Level)>().ToList();
        var levels = string.Join(", ", pairs.Select(pair => Best(pair.Reference).ToString("0.00", CultureInfo.InvariantCulture)));
        var note = $"Validation AUC that PyTorch reached (with {threads} threads): {levels}. Ours reached it in {reached.Count} of {pairs.Count} pairs, and its time includes reading the members; {pairs.Count} of {repeats} repeats.";
        return new(
            Measurements.IterationAuc,
            "the same to the best validation AUC that PyTorch ever has",
            "s",
            reached.Count == pairs.Count ? 0.25 : null,
            [.. reached.Select(pair => pair.Ours)],
            reached.Count > 0 ? [.. reached.Select(pair => pair.Reference)] : null,
            note);
    }

    /// <summary>
    /// The row of the best AUC that either reached. A reference that never does has its whole time counted, so that its ratio is
    /// an upper bound, and one that is too large says nothing; where ours does not, nothing is judged.
    /// </summary>
    internal static SpeedRow BestOfBothRow(IReadOnlyList<(IReadOnlyList<StageLine> Ours, IReadOnlyList<StageLine> Reference)> pairs)
    {
        var there = pairs.Where(pair => Best(pair.Ours) >= Best(pair.Reference)).Select(pair => (pair.Ours, pair.Reference, Level: Best(pair.Ours))).ToList();
        var never = there.Count(pair => Best(pair.Reference) < pair.Level);
        double[] ours = [.. there.Select(pair => TimeTo(pair.Ours, pair.Level))];
        double[] reference = [.. there.Select(pair => TimeTo(pair.Reference, pair.Level))];
        var note = there.Count == 0
            ? $"Ours had it in none of {pairs.Count} pairs."
            : $"Ours had it in {there.Count} of {pairs.Count} pairs: {string.Join(", ", there.Select(pair => pair.Level.ToString("0.00", CultureInfo.InvariantCulture)))}.";
        if (there.Count < pairs.Count)
        {
            note += " Not judged: PyTorch had a better one in the others.";
        }

        if (never > 0)
        {
            note += $" PyTorch did not reach it in {never} of them: there all of its time counts, and the ratio is at most this.";
        }

        var row = new SpeedRow(
            Measurements.IterationAuc,
            "the same to the best validation AUC of both",
            "s",
            there.Count == pairs.Count ? 0.25 : null,
            ours,
            there.Count > 0 ? reference : null,
            note);
        return never > 0 && row.Met == false ? row with { AtMost = null, Note = $"{note} Too large a bound to be judged." } : row;
    }

    private static double TimeTo(IReadOnlyList<StageLine> curve, double level) => (curve.FirstOrDefault(line => line["auc"] >= level) ?? curve[^1]).Seconds;

    /// <summary>When a curve was at a level that it did not fall below any more; null where it ends below it.</summary>
    private static double? TimeForGood(IReadOnlyList<StageLine> curve, double level)
    {
        var from = curve.Count - curve.Reverse().TakeWhile(line => line["auc"] >= level).Count();
        return from < curve.Count ? curve[from].Seconds : null;
    }

    private static (double Ours, double Reference, double Level)? Reached(IReadOnlyList<StageLine> ours, IReadOnlyList<StageLine> reference)
    {
        var level = Best(reference);
        return ours.FirstOrDefault(line => line["auc"] >= level) is { } there
            ? (there.Seconds, reference.First(line => line["auc"] >= level).Seconds, level)
            : null;
    }

    private static double Best(IReadOnlyList<StageLine> curve) => curve.Max(line => line["auc"]);

    private static List<StageLine> Curve(IReadOnlyList<StageLine> lines) =>
        lines.Where(line => line.Stage == "auc").ToList() is { Count: > 0 } curve ? curve : throw new ContestantException("A contestant told no validation AUC.");
}
