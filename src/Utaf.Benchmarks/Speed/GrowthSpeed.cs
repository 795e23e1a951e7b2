using System.Globalization;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>How time grows with the number of members and with N, plotted.</summary>
internal static class GrowthSpeed
{
    // Linear, and what the measuring itself is off by.
    private const double Linear = 1.05;

    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var settings = session.Settings;
        int[] members = settings.Quick ? [12, 24] : [35, 70, 140, 280];
        int[] inputs = settings.Quick ? [4, 8] : [25, 50, 100, 200, 400];
        var work = new GrowthWork(session.Folder("growth"), members, inputs, settings.Quick ? 80 : 5000).AsContestant("ours, growth");
        var runs = Enumerable.Range(0, session.AtMost(5)).Select(_ => session.Run(work)).ToList();
        (string Stage, string Over, string Work, string Axis)[] curves =
        [
            ("ensemble", "members", "growth: Stage 1 over the number of members", "members"),
            ("construct", "members", "growth: Stage 2 over the number of members", "members"),
            ("inputs", "inputs", "growth: Stage 2 over N", "N, inputs of the fingerprint"),
        ];
        return [.. curves.Select(Row)];

        SpeedRow Row((string Stage, string Over, string Work, string Axis) curve)
        {
            var points = runs.Select(run => run.Where(line => line.Stage == curve.Stage).Select(line => (X: line[curve.Over], Y: line.Seconds)).ToList()).ToList();
            List<(double X, Spread Y)> spreads = [.. points[0].Select((point, i) => (point.X, Spread.Of([.. points.Select(run => run[i].Y)])))];
            var file = Path.Combine(settings.Run, $"growth-{curve.Stage}.svg");
            AtomicFile.WriteText(file, new GrowthPlot(curve.Work, curve.Axis, "seconds", spreads).ToSvg());
            var medians = string.Join(", ", spreads.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0}: {point.Y.Median:0.###} s")));
            return new(
                Measurements.Growth,
                $"{curve.Work}, exponent",
                "",
                Linear,
                [.. points.Select(Exponent)],
                null,
                $"Time grows as a power of the number, by least squares; 1 is linear. {medians}. Drawn in {Path.GetFileName(file)}.",
                Absolute: true);
        }
    }

    /// <summary>b of y = a·xᵇ, by least squares on the logarithms.</summary>
    /// <param name="points">At least two of different x; all above 0.</param>
    internal static double Exponent(IReadOnlyList<(double X, double Y)> points)
    {
        var logs = points.Select(point => (X: Math.Log(point.X), Y: Math.Log(point.Y))).ToList();
        var (meanX, meanY) = (logs.Average(point => point.X), logs.Average(point => point.Y));
        return logs.Sum(point => (point.X - meanX) * (point.Y - meanY)) / logs.Sum(point => (point.X - meanX) * (point.X - meanX));
    }
}
