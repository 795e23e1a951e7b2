namespace Utaf.Reports;

/// <summary>The axis from 0 to 1 that both pictures share.</summary>
internal static class PlotAxis
{
    private static readonly double[] Ticks = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Adds the axis at the bottom, with lines up to the top at its ticks.</summary>
    public static void AddHorizontal(HtmlPage page, int top, int bottom)
    {
        foreach (var tick in Ticks)
        {
            page.Add($"<line class=\"grid\" x1=\"{100 * tick}%\" x2=\"{100 * tick}%\" y1=\"{top}\" y2=\"{bottom}\"/>\n");
            page.Add($"<text class=\"tick\" x=\"{100 * tick}%\" y=\"{bottom + 17}\" text-anchor=\"middle\">{Figures.Short(tick)}</text>\n");
        }

        page.Add($"<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{bottom}\" y2=\"{bottom}\"/>\n");
    }

    /// <summary>Adds the axis at the left, its numbers before it.</summary>
    public static void AddVertical(HtmlPage page, int top, int bottom)
    {
        foreach (var tick in Ticks)
        {
            var y = bottom - (tick * (bottom - top));
            page.Add($"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\n");
            page.Add($"<text class=\"tick\" x=\"-8\" y=\"{y + 4}\" text-anchor=\"end\">{Figures.Short(tick)}</text>\n");
        }
    }

    /// <summary>A manifest that somebody wrote by hand may hold any number; its mark stays in the picture.</summary>
    public static double Inside(double value) => Math.Clamp(value, 0, 1);

    /// <summary>How a label at a place must stand to stay inside the picture.</summary>
    public static string Anchor(double place) => place switch
    {
        < 0.3 => "start",
        > 0.7 => "end",
        _ => "middle",
    };
}
