using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Utaf.Fingerprints;

namespace Utaf.Tool.Plots;

/// <summary>The objective over the iterations on the left axis, the validation AUC on the right one.</summary>
internal static class TrainingPlot
{
    public static Plot Of(PairManifest manifest)
    {
        var curve = manifest.Training.Curve;
        var plot = Picture.Blank(
            $"{manifest.Model.Name} {manifest.Model.Version}: training of the pair",
            "iteration",
            "objective (logarithmic, lower is better)");

        // The objective falls over several powers of ten.
        Draw("objective, training", Points(point => Logarithm(point.Loss)), Colors.C0, LinePattern.Solid);
        Draw("objective, validation", Points(point => Logarithm(point.ValidationLoss)), Colors.C1, LinePattern.Dashed);
        plot.Axes.Left.TickGenerator = Powers(
            [.. curve.SelectMany(point => new[] { Logarithm(point.Loss), Logarithm(point.ValidationLoss) }).OfType<double>()]);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true, TickDensity = 0.5 };
        if (Draw("AUC, validation (right axis)", Points(point => point.ValidationAuc), Colors.C2, LinePattern.Dotted) is { } auc)
        {
            auc.Axes.YAxis = plot.Axes.Right;
            plot.Axes.Right.Label.Text = "AUC";
            plot.Axes.Right.Label.FontSize = 17;
            plot.Axes.Right.TickGenerator = new NumericFixedInterval(0.1);
            plot.Axes.SetLimitsY(-0.02, 1.04, plot.Axes.Right);
        }

        return plot;

        List<Coordinates> Points(Func<CurvePoint, double?> value) =>
            [.. from point in curve let y = value(point) where y is { } number && double.IsFinite(number) select new Coordinates(point.Iteration, y.Value)];

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

    private static double? Logarithm(double? value) => value is > 0 and var number ? Math.Log10(number) : null;

    /// <summary>Ticks at 1, 2 and 5 times the powers of ten; at the powers alone where there are many.</summary>
    private static NumericManual Powers(double[] logarithms)
    {
        var ticks = new NumericManual();
        var (low, high) = logarithms.Length == 0 ? (0, 1) : ((int)Math.Floor(logarithms.Min()), (int)Math.Ceiling(logarithms.Max()));
        for (var exponent = low; exponent <= high; exponent++)
        {
            foreach (var factor in high - low <= 3 ? (int[])[1, 2, 5] : [1])
            {
                var label = exponent is >= -3 and <= 3
                    ? (factor * Math.Pow(10, exponent)).ToString("0.###", CultureInfo.InvariantCulture)
                    : string.Create(CultureInfo.InvariantCulture, $"{factor}E{exponent}");
                ticks.AddMajor(exponent + Math.Log10(factor), label);
            }
        }

        return ticks;
    }
}
