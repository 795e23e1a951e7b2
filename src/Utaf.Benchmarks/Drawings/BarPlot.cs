using System.Globalization;

namespace Utaf.Benchmarks.Drawings;

/// <summary>A bar of a <see cref="BarPlot"/>.</summary>
/// <param name="Value">In [0, 1].</param>
/// <param name="Low">The lower end of the interval around it.</param>
/// <param name="High">The upper end.</param>
internal sealed record Bar(double Value, double Low, double High);

/// <summary>Shares side by side: a group for each thing, in it a bar for each kind.</summary>
/// <param name="Title">Above the drawing.</param>
/// <param name="Vertical">What is shown.</param>
/// <param name="Kinds">At least one.</param>
/// <param name="Groups">Each with as many bars as there are kinds; null where there is none.</param>
internal sealed record BarPlot(string Title, string Vertical, IReadOnlyList<string> Kinds, IReadOnlyList<(string Name, IReadOnlyList<Bar?> Bars)> Groups)
{
    private const int Left = 76;
    private const int Right = 24;
    private const int Top = 46;
    private const int Plane = 300;

    /// <summary>How high the drawing is.</summary>
    public const int Height = Top + Plane + 64;

    /// <summary>Draws it as a part of a larger drawing.</summary>
    public void Draw(Svg svg, double y, int width)
    {
        var vertical = new Axis(0, 1, y + Top + Plane, y + Top);
        svg.Text(width / 2.0, y + 27, Title, "middle", size: 17);
        svg.Upwards(22, y + Top + (Plane / 2.0), Vertical);
        foreach (var tick in vertical.Ticks())
        {
            svg.Line(Left, vertical.At(tick), width - Right, vertical.At(tick), Svg.Grid);
            svg.Text(Left - 8, vertical.At(tick) + 5, Axis.Label(tick), "end");
        }

        var group = (width - Left - Right) / (double)Groups.Count;
        var bar = Math.Min(56, group * 0.8 / Kinds.Count);
        foreach (var (part, i) in Groups.Select((part, i) => (part, i)))
        {
            var middle = Left + ((i + 0.5) * group);
            svg.Text(middle, vertical.From + 20, part.Name, "middle", group < 90 ? 12 : 14);
            foreach (var (kind, value) in part.Bars.Index().Where(pair => pair.Item is not null))
            {
                var left = middle + ((kind - (Kinds.Count / 2.0)) * bar);
                svg.Rectangle(left + 1, vertical.At(value!.Value), bar - 2, vertical.From - vertical.At(value.Value), Svg.Colours[kind]);
                var (low, high) = (Math.Clamp(value.Low, 0, 1), Math.Clamp(value.High, 0, 1));
                if (high > low)
                {
                    svg.Range(left + (bar / 2), vertical.At(low), vertical.At(high), "#000000");
                }

                svg.Text(left + (bar / 2), vertical.At(Math.Max(high, value.Value)) - 5, value.Value.ToString("0.00", CultureInfo.InvariantCulture), "middle", 11);
            }
        }

        foreach (var (i, kind) in Kinds.Index())
        {
            svg.Rectangle(Left + (i * 260), vertical.From + 38, 16, 12, Svg.Colours[i]);
            svg.Text(Left + (i * 260) + 24, vertical.From + 49, kind, "start");
        }
    }
}
