using ScottPlot;
using ScottPlot.TickGenerators;
using Utaf.Fingerprints;
using Utaf.Metrics;
using Utaf.Tool.Documents;
using Utaf.Tool.Output;

namespace Utaf.Tool.Plots;

/// <summary>Robustness and uniqueness over the threshold; the area under the lower of the two is ARUC.</summary>
internal static class RobustnessUniquenessPlot
{
    public static Plot Of(PairManifest manifest)
    {
        var (stolen, honest) = EvaluationDocument.Rates(manifest, manifest.Model.Name);
        var result = new RobustnessUniqueness(stolen, honest);
        var thresholds = result.Curve.Select(point => point.Threshold).ToArray();
        var plot = Picture.Blank(
            $"{manifest.Model.Name} {manifest.Model.Version}: robustness and uniqueness",
            "threshold ρ",
            $"share of the held-out models ({stolen.Length} stolen, {honest.Length} honest)");

        var area = plot.Add.FillY(
            thresholds,
            [.. result.Curve.Select(_ => 0.0)],
            [.. result.Curve.Select(point => Math.Min(point.Robustness, point.Uniqueness))]);
        area.FillColor = Colors.Gray.WithAlpha(0.25);
        area.LineWidth = 0;
        area.LegendText = $"ARUC = {Numbers.Score(result.Aruc)}";

        Draw("robustness (stolen above ρ)", point => point.Robustness, Colors.C0, LinePattern.Solid);
        Draw("uniqueness (honest not above ρ)", point => point.Uniqueness, Colors.C1, LinePattern.Dashed);

        var chosen = plot.Add.VerticalLine(manifest.Threshold, 2, Colors.Black, LinePattern.Dotted);
        chosen.LegendText = $"ρ = {Numbers.Score(manifest.Threshold)}";
        plot.Axes.SetLimits(-0.02, 1.02, -0.02, 1.04);
        plot.Axes.Bottom.TickGenerator = new NumericFixedInterval(0.1);
        plot.Axes.Left.TickGenerator = new NumericFixedInterval(0.1);
        return plot;

        void Draw(string name, Func<RobustnessUniquenessPoint, double> value, Color colour, LinePattern pattern)
        {
            var line = plot.Add.ScatterLine(thresholds, [.. result.Curve.Select(value)], colour);
            line.LineWidth = 3;
            line.LinePattern = pattern;
            line.LegendText = name;
        }
    }
}
