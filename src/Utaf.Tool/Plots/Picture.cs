using System.Text;
using ScottPlot;

namespace Utaf.Tool.Plots;

/// <summary>Writes plots as files.</summary>
internal static class Picture
{
    private const int Width = 1000;
    private const int Height = 680;

    /// <summary>A plot in the style that all of them share, the legend below it.</summary>
    public static Plot Blank(string title, string horizontal, string vertical)
    {
        EmbeddedFont.Use();
        var plot = new Plot();
        plot.Title(title, size: 20);
        plot.XLabel(horizontal, size: 17);
        plot.YLabel(vertical, size: 17);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = 14;
        }

        plot.Legend.FontSize = 15;
        plot.Legend.SymbolWidth = 44;
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Set(EmbeddedFont.Family);
        return plot;
    }

    /// <summary>Writes a plot, completely or not at all.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="path">Ends with .png or .svg.</param>
    /// <returns>The path.</returns>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public static string Save(Plot plot, string path)
    {
        var bytes = path.EndsWith(".svg", StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, Height))
            : plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);
        AtomicFile.Write(path, bytes);
        return path;
    }
}
