using Utaf.Fingerprints;
using Utaf.Metrics;

namespace Utaf.Reports;

/// <summary>Robustness and uniqueness over the threshold; the area under the lower of the two is ARUC.</summary>
internal static class RobustnessUniquenessFigure
{
    private const int Top = 6;
    private const int Bottom = 186;

    public static void Add(HtmlPage page, PairManifest manifest, string id)
    {
        var rates = manifest.HeldOut.Members.ToLookup(member => member.Stolen, member => member.MatchingRate);
        page.Add($"<figure><figcaption><b>Robustness and uniqueness</b> of the pair over the threshold ρ: how well it tells copies from honest models.</figcaption>\n");
        if (rates[true].Any() && rates[false].Any())
        {
            AddPlot(page, new RobustnessUniqueness([.. rates[true]], [.. rates[false]]), PlotAxis.Inside(manifest.Threshold), id);
        }
        else
        {
            page.Add($"<p>The pair lists no stolen or no honest held-out models, so there is no curve.</p>\n");
        }

        page.Add($"</figure>\n");
    }

    private static void AddPlot(HtmlPage page, RobustnessUniqueness result, double threshold, string id)
    {
        var at = result.Curve.MinBy(point => Math.Abs(point.Threshold - threshold))!;
        page.Add($"<div class=\"plot with-numbers\"><svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" width=\"100%\" height=\"{Bottom + 46}\">\n");
        page.Add($"<title id=\"{id}-title\">Robustness and uniqueness over the threshold</title>\n");
        page.Add($"<desc id=\"{id}-desc\">At the threshold {Figures.Short(threshold)}, {Figures.Score(at.Robustness)} of the stolen copies are above it and {Figures.Score(at.Uniqueness)} of the honest models are not. The area under the lower curve, ARUC, is {Figures.Score(result.Aruc)} of at most 0.980.</desc>\n");
        PlotAxis.AddVertical(page, Top, Bottom);
        PlotAxis.AddHorizontal(page, Top, Bottom);
        page.Add($"<svg y=\"{Top}\" width=\"100%\" height=\"{Bottom - Top}\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" overflow=\"visible\">\n");
        AddPoints(page, "area", [(0, 0), .. result.Curve.Select(point => (point.Threshold, Math.Min(point.Robustness, point.Uniqueness))), (1, 0)]);
        AddPoints(page, "uniqueness", result.Curve.Select(point => (point.Threshold, point.Uniqueness)));
        AddPoints(page, "robustness", result.Curve.Select(point => (point.Threshold, point.Robustness)));
        page.Add($"</svg>\n<line class=\"threshold\" x1=\"{100 * threshold}%\" x2=\"{100 * threshold}%\" y1=\"{Top}\" y2=\"{Bottom}\"/>\n");
        page.Add($"<text class=\"threshold-label\" x=\"{100 * threshold}%\" y=\"{Bottom + 38}\" text-anchor=\"{PlotAxis.Anchor(threshold)}\">ρ = {Figures.Short(threshold)}</text>\n</svg></div>\n");
        page.Add($"""
            <ul class="legend">
            <li><svg class="key" aria-hidden="true"><line class="robustness" x1="0" x2="28" y1="8" y2="8"/></svg> robustness: share of stolen copies above ρ</li>
            <li><svg class="key" aria-hidden="true"><line class="uniqueness" x1="0" x2="28" y1="8" y2="8"/></svg> uniqueness: share of honest models not above ρ</li>
            <li><svg class="key" aria-hidden="true"><rect class="area" x="0" y="2" width="28" height="12"/></svg> ARUC = {Figures.Score(result.Aruc)}</li>
            </ul>

            """);
    }

    private static void AddPoints(HtmlPage page, string kind, IEnumerable<(double Threshold, double Share)> points)
    {
        page.Add($"<polyline class=\"{kind}\" points=\"");
        foreach (var (threshold, share) in points)
        {
            page.Add($"{100 * threshold},{100 * (1 - share)} ");
        }

        page.Add($"\"/>\n");
    }
}
