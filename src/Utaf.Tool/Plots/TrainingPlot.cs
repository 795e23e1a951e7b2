using ScottPlot;
using Utaf.Fingerprints;

namespace Utaf.Tool.Plots;

/// <summary>The objective over the iterations on the left axis, the validation AUC on the right one.</summary>
internal static class TrainingPlot
{
    public static Plot Of(PairManifest manifest)
    {
        var curve = manifest.Training.Curve;
        var plot = Picture.Blank($"{manifest.Model.Name} {manifest.Model.Version}: training of the pair", "iteration", "objective (lower is better)");

        Draw("objective, training", Points(point => point.Loss), Colors.C0, LinePattern.Solid);
        Draw("objective, validation", Points(point => point.ValidationLoss), Colors.C1, LinePattern.Dashed);
        if (Draw("AUC, validation (right axis)", Points(point => point.ValidationAuc), Colors.C2, LinePattern.Dotted) is { } auc)
        {
            auc.Axes.YAxis = plot.Axes.Right;
            plot.Axes.Right.Label.Text = "validation AUC";
            plot.Axes.Right.Label.FontSize = 16;
            plot.Axes.SetLimitsY(0, 1.05, plot.Axes.Right);
        }

        plot.ShowLegend(Alignment.MiddleRight);
        return plot;

        List<Coordinates> Points(Func<CurvePoint, double?> value) =>
            [.. curve.Where(point => value(point) is { } y && double.IsFinite(y)).Select(point => new Coordinates(point.Iteration, value(point)!.Value))];

        ScottPlot.Plottables.Scatter? Draw(string name, List<Coordinates> points, Color colour, LinePattern pattern)
        {
            if (points.Count == 0)
            {
                return null;
            }

            var line = plot.Add.ScatterLine(points, colour);
            line.LineWidth = 3;
            line.LinePattern = pattern;
            line.LegendText = name;
            return line;
        }
    }
}
