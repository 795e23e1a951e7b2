using System.Globalization;
using Utaf.Benchmarks.Drawings;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>The paper's figures, drawn from runs. Each is null where there is nothing to draw.</summary>
internal sealed class Figures(ScenarioRuns runs)
{
    private const int Width = 720;

    private static readonly Func<SchemeMeasures, double> Aruc = measures => measures.Aruc;

    /// <summary>Fig. 2: robustness where uniqueness is 1, and ARUC, for every scheme.</summary>
    public string? Schemes()
    {
        string[] settings = [.. Titles.MainSettings.Where(setting => runs.SchemesIn(setting).Count > 0)];
        var schemes = runs.SchemesInAny(settings);
        if (schemes.Count == 0)
        {
            return null;
        }

        var width = Math.Max(Width, 100 + (schemes.Count * 124));
        var svg = new Svg(width, (2 * BarPlot.Height) + 10);
        Panel("robustness at uniqueness 1", "share of the stolen models", measures => measures.RobustnessAtUniquenessOne).Draw(svg, 0, width);
        Panel("ARUC (at most 0.98)", "ARUC", Aruc).Draw(svg, BarPlot.Height, width);
        return svg.ToString();

        BarPlot Panel(string title, string vertical, Func<SchemeMeasures, double> of) => new(
            Title(title),
            vertical,
            [.. settings.Select(setting => setting == Settings.Default ? "scheme's defaults" : "chosen on validation")],
            [
                .. schemes.Select(scheme => (Titles.Of(scheme), (IReadOnlyList<Bar?>)
                [
                    .. settings.Select(setting => Mean.Of(runs.Of(scheme, setting).Select(result => of(SchemeMeasures.Of(result)))) is { } mean ? new Bar(mean.Value, mean.Low, mean.High) : null),
                ])),
            ]);
    }

    /// <summary>Fig. 3, left: AUC and ARUC on the validation part over wall time; a faint line for each repeat, a strong one for their mean.</summary>
    public string? Learning()
    {
        var lines = new List<Series>();
        foreach (var (i, scheme) in runs.SchemesIn(Settings.Default).Index())
        {
            IReadOnlyList<CurvePoint>[] curves = [.. runs.Of(scheme, Settings.Default).Select(result => result.LearningCurve).Where(curve => curve.Count > 0 && curve[^1].Seconds > curve[0].Seconds)];
            if (curves.Length > 0)
            {
                var colour = Svg.Colours[i % Svg.Colours.Count];
                lines.AddRange(OverTime($"{Titles.Of(scheme)}, ARUC", colour, "none", curves, point => point.Aruc));
                lines.AddRange(OverTime($"{Titles.Of(scheme)}, AUC", colour, "7 4", curves, point => point.Auc));
            }
        }

        return lines.Count == 0 ? null : new LinePlot(Title("learning curves"), "seconds since the construction began", "on the validation part", lines) { Lowest = LowestOf(lines), Leftmost = 0 }.ToSvg();
    }

    /// <summary>Fig. 3, right: UTAF's robustness and uniqueness over the threshold, their lower one shaded.</summary>
    public string? Curves() => runs.Of(Titles.Utaf, Settings.Default).Count == 0 ? null : CurvesOf(Titles.Utaf, Title("UTAF")).ToSvg();

    /// <summary>Fig. A1: robustness and uniqueness of each scheme, two beside one another.</summary>
    public string? AllCurves()
    {
        var schemes = runs.SchemesIn(Settings.Default);
        if (schemes.Count < 2)
        {
            return null;
        }

        const int width = 460;
        const int plane = 210;
        var panels = schemes.Select(scheme => CurvesOf(scheme, Titles.Of(scheme))).ToList();
        var height = panels[0].HeightFor(width, plane);
        var svg = new Svg(2 * width, (panels.Count + 1) / 2 * height);
        foreach (var (i, panel) in panels.Index())
        {
            panel.Draw(svg, i % 2 * width, i / 2 * height, width, plane);
        }

        return svg.ToString();
    }

    /// <summary>Fig. 4: ARUC over the number of fingerprint examples.</summary>
    public string? Examples() => Over("fingerprint examples", "fingerprint examples N", MeasuresByNumber.Examples(runs), withWhole: false);

    /// <summary>Fig. 5: ARUC over the size of the ensemble; the whole one, whose size varies with the split, as a level.</summary>
    public string? EnsembleSizes() => Over("size of the ensemble", "stolen models learned from, and as many honest ones", MeasuresByNumber.EnsembleSizes(runs), withWhole: true);

    private string? Over(string what, string horizontal, MeasuresByNumber measures, bool withWhole)
    {
        var lines = new List<Series>();
        foreach (var (i, scheme) in measures.Schemes.Index())
        {
            (double X, double Y, double Low, double High)[] points =
            [
                .. from number in measures.NumbersOf(scheme)
                   let aruc = measures.Aruc(scheme, number)!
                   select ((double)number, aruc.Value, aruc.Low, aruc.High),
            ];
            var colour = Svg.Colours[i % Svg.Colours.Count];
            lines.Add(new(Titles.Of(scheme), colour, points) { Marked = true });
            if (withWhole && Mean.Of(runs.Of(scheme, Settings.Default).Select(result => Aruc(SchemeMeasures.Of(result)))) is { } whole)
            {
                lines.Add(new($"{Titles.Of(scheme)}, whole ensemble", colour, [(points[0].X, whole.Value, whole.Low, whole.High), (points[^1].X, whole.Value, whole.Low, whole.High)]) { Dashes = "6 5" });
            }
        }

        return lines.Count == 0 ? null : new LinePlot(Title($"ARUC and {what}"), horizontal, "ARUC (at most 0.98)", lines) { Lowest = LowestOf(lines) }.ToSvg();
    }

    private LinePlot CurvesOf(string scheme, string title)
    {
        var results = runs.Of(scheme, Settings.Default);
        var curves = results.Select(SchemeMeasures.Curve).ToList();
        var mean = Enumerable.Range(0, curves[0].Count).Select(step => (
            X: curves[0][step].Threshold,
            Robustness: curves.Average(curve => curve[step].Robustness),
            Uniqueness: curves.Average(curve => curve[step].Uniqueness),
            Lower: curves.Average(curve => Math.Min(curve[step].Robustness, curve[step].Uniqueness)))).ToList();
        var aruc = results.Average(result => Aruc(SchemeMeasures.Of(result))).ToString("0.000", CultureInfo.InvariantCulture);
        return new(
            $"{title}: ARUC {aruc}",
            "threshold ρ",
            "share of the models",
            [
                new("robustness", Svg.Colours[0], [.. mean.Select(point => (point.X, point.Robustness, point.Robustness, point.Robustness))]),
                new("uniqueness", Svg.Colours[1], [.. mean.Select(point => (point.X, point.Uniqueness, point.Uniqueness, point.Uniqueness))]) { Dashes = "7 4" },
            ])
        { Shaded = [.. mean.Select(point => (point.X, point.Lower))] };
    }

    private static IEnumerable<Series> OverTime(string name, string colour, string dashes, IReadOnlyList<CurvePoint>[] curves, Func<CurvePoint, double> of)
    {
        foreach (var curve in curves.Length > 1 ? curves : [])
        {
            yield return new(null, colour, [.. curve.Select(point => (point.Seconds, of(point), of(point), of(point)))]) { Dashes = dashes, Faint = true };
        }

        // Only where every repeat has points on both sides is a mean over all of them.
        var (from, to) = (curves.Max(curve => curve[0].Seconds), curves.Min(curve => curve[^1].Seconds));
        const int steps = 100;
        var times = from < to ? Enumerable.Range(0, steps + 1).Select(step => from + ((to - from) * step / steps)) : [];
        yield return new(name, colour, [.. times.Select(time => (time, curves.Average(curve => At(curve, time, of)))).Select(point => (point.time, point.Item2, point.Item2, point.Item2))]) { Dashes = dashes };
    }

    /// <summary>Between two points, what lies on the straight line.</summary>
    private static double At(IReadOnlyList<CurvePoint> curve, double seconds, Func<CurvePoint, double> of)
    {
        for (var i = 1; i < curve.Count; i++)
        {
            var (before, after) = (curve[i - 1], curve[i]);
            if (seconds <= after.Seconds)
            {
                var share = after.Seconds > before.Seconds ? Math.Clamp((seconds - before.Seconds) / (after.Seconds - before.Seconds), 0, 1) : 1;
                return of(before) + (share * (of(after) - of(before)));
            }
        }

        return of(curve[^1]);
    }

    /// <summary>The fifth below all that is drawn: most lines lie close to 1.</summary>
    private static double LowestOf(IEnumerable<Series> lines) =>
        Math.Clamp(Math.Floor(lines.SelectMany(line => line.Points).Min(point => point.Low) * 5) / 5, 0, 0.8);

    private string Title(string what) => $"{Titles.OfScenario(runs.Scenario)} ({runs.Profile}): {what}";
}
