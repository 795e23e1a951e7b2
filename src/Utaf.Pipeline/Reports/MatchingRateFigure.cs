namespace Utaf.Reports;

/// <summary>
/// Where the suspect's matching rate lies among those of the held-out models. Places are percentages of the width, so the
/// picture fits every page while its letters keep their size.
/// </summary>
internal static class MatchingRateFigure
{
    /// <summary>Marks of one kind; a picture of more would be large and say no more.</summary>
    public const int MostMarks = 300;

    private const int RowHeight = 8;
    private const int LaneTitle = 26;

    public static void Add(HtmlPage page, SuspectFinding finding, string id)
    {
        var (rate, threshold) = (finding.Verdict?.MatchingRate, PlotAxis.Inside(finding.Manifest.Threshold));
        var suspect = new Lane("suspect", "This suspect", rate is { } known ? [known] : [], 1);
        var honest = Lane.Of("honest", "Honest models", finding, stolen: false);
        var stolen = Lane.Of("stolen", "Stolen copies", finding, stolen: true);
        Lane[] lanes = rate is null ? [honest, stolen] : [suspect, honest, stolen];
        var bottom = lanes.Sum(lane => lane.Height) + 6;

        page.Add($"<figure><figcaption><b>Matching rate</b> p₊: how much the answers look like a copy's. Above the threshold ρ counts as a copy.</figcaption>\n");
        page.Add($"<div class=\"plot\"><svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" width=\"100%\" height=\"{bottom + 46}\">\n");
        page.Add($"<title id=\"{id}-title\">Matching rates of the suspect and of the held-out models</title>\n<desc id=\"{id}-desc\">{Description(finding, honest, stolen)}</desc>\n");
        page.Add($"<rect class=\"above\" x=\"{100 * threshold}%\" y=\"0\" width=\"{100 * (1 - threshold)}%\" height=\"{bottom}\"/>\n");
        PlotAxis.AddHorizontal(page, 0, bottom);
        page.Add($"<line class=\"threshold\" x1=\"{100 * threshold}%\" x2=\"{100 * threshold}%\" y1=\"0\" y2=\"{bottom}\"/>\n");
        page.Add($"<text class=\"threshold-label\" x=\"{100 * threshold}%\" y=\"{bottom + 38}\" text-anchor=\"{PlotAxis.Anchor(threshold)}\">ρ = {Figures.Short(threshold)}</text>\n");
        if (rate is { } value)
        {
            page.Add($"<line class=\"suspect-line\" x1=\"{100 * value}%\" x2=\"{100 * value}%\" y1=\"{suspect.Height}\" y2=\"{bottom}\"/>\n");
        }

        var top = 0;
        foreach (var lane in lanes)
        {
            lane.Add(page, top);
            top += lane.Height;
        }

        page.Add($"</svg></div>\n");
        AddLegend(page, finding, honest, stolen);
        page.Add($"</figure>\n");
    }

    private static void AddLegend(HtmlPage page, SuspectFinding finding, Lane honest, Lane stolen)
    {
        page.Add($"<ul class=\"legend\">");
        page.Add($"<li>{Comparison(finding)}</li>");

        foreach (var lane in new[] { honest, stolen }.Where(lane => lane.Shown.Count < lane.Count))
        {
            page.Add($"<li>{lane.Title}: {lane.Shown.Count} of {lane.Count} are drawn, evenly by rank.</li>");
        }

        page.Add($"</ul>\n");
    }

    /// <summary>What the p-value counts, in words.</summary>
    private static string Comparison(SuspectFinding finding)
    {
        if (finding.Verdict?.MatchingRate is not { } rate)
        {
            return "The suspect has no matching rate.";
        }

        var honest = finding.Manifest.HeldOut.Members.Where(member => !member.Stolen).Select(member => member.MatchingRate).ToList();
        var asHigh = honest.Count(matching => matching >= rate);
        return $"{(asHigh == 0 ? "None" : Figures.Count(asHigh))} of {Figures.Count(honest.Count, "honest model")} {(asHigh > 1 ? "match" : "matches")} as well as this suspect, or better.";
    }

    private static string Description(SuspectFinding finding, Lane honest, Lane stolen)
    {
        var rate = finding.Verdict?.MatchingRate is { } known ? $"The suspect is at {Figures.Short(known)}." : "The suspect has no matching rate.";
        return $"On an axis from 0 to 1. {rate} The threshold is at {Figures.Short(finding.Manifest.Threshold)}. {honest.Range} {stolen.Range}";
    }

    /// <summary>The marks of one kind.</summary>
    private sealed record Lane(string Kind, string Title, IReadOnlyList<double> Shown, int Count)
    {
        private readonly int[] rows = DotRows.Of(Shown);

        public int Height => LaneTitle + (RowHeight * (rows.DefaultIfEmpty(0).Max() + 1)) + (Kind == "suspect" ? 12 : 4);

        public string Range => Shown.Count == 0
            ? $"{Title}: none."
            : $"{Title}: {Figures.Count(Count)}, from {Figures.Short(Shown[0])} to {Figures.Short(Shown[^1])}.";

        public static Lane Of(string kind, string title, SuspectFinding finding, bool stolen)
        {
            double[] sorted = [.. finding.Manifest.HeldOut.Members.Where(member => member.Stolen == stolen).Select(member => PlotAxis.Inside(member.MatchingRate)).Order()];
            return new(kind, title, DotRows.Sample(sorted, MostMarks), sorted.Length);
        }

        public void Add(HtmlPage page, int top)
        {
            var floor = top + Height - (Kind == "suspect" ? 13 : 8);
            for (var i = 0; i < Shown.Count; i++)
            {
                page.Add($"<use class=\"{Kind}\" href=\"#mark-{Kind}\" x=\"{100 * Shown[i]}%\" y=\"{floor - (RowHeight * rows[i])}\"/>\n");
            }

            if (Kind == "suspect")
            {
                page.Add($"<text class=\"lane suspect-label\" x=\"{100 * Shown[0]}%\" y=\"{top + 15}\" text-anchor=\"{PlotAxis.Anchor(Shown[0])}\">{Title}: {Figures.Short(Shown[0])}</text>\n");
            }
            else
            {
                page.Add($"<text class=\"lane\" x=\"0\" y=\"{top + 15}\">{Title}, held out: {Count}</text>\n");
            }
        }
    }
}
