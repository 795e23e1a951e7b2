namespace Utaf.Benchmarks.Drawings;

/// <summary>A line of a <see cref="LinePlot"/>.</summary>
/// <param name="Name">In the legend; null for one that belongs to another.</param>
/// <param name="Colour">Of <see cref="Svg.Colours"/>.</param>
/// <param name="Points">By ascending X. Low and High are the ends of the interval around Y.</param>
internal sealed record Series(string? Name, string Colour, IReadOnlyList<(double X, double Y, double Low, double High)> Points)
{
    /// <summary>As SVG has it.</summary>
    public string Dashes { get; init; } = "none";

    /// <summary>Whether the points are marked, with their intervals.</summary>
    public bool Marked { get; init; }

    /// <summary>Whether it stays behind the others: a single repeat behind the mean.</summary>
    public bool Faint { get; init; }
}

/// <summary>Shares over a number: the vertical axis goes up to 1.</summary>
/// <param name="Title">Above the drawing.</param>
/// <param name="Horizontal">What the number is, with its unit.</param>
/// <param name="Vertical">What is shown.</param>
/// <param name="Lines">At least one.</param>
internal sealed record LinePlot(string Title, string Horizontal, string Vertical, IReadOnlyList<Series> Lines)
{
    private const int Left = 76;
    private const int Right = 24;
    private const int Top = 46;
    private const int LegendRow = 22;

    /// <summary>Where the vertical axis begins, at most 1.</summary>
    public double Lowest { get; init; }

    /// <summary>Where the horizontal axis begins, if that is before the first point.</summary>
    public double Leftmost { get; init; } = double.PositiveInfinity;

    /// <summary>Filled down to the axis: the region whose area is a number in the title.</summary>
    public IReadOnlyList<(double X, double Y)> Shaded { get; init; } = [];

    private IReadOnlyList<Series> Named => [.. Lines.Where(line => line.Name is not null)];

    private int Columns(int width) => Math.Max(1, (width - Left - Right) / (54 + (Named.Max(line => line.Name!.Length) * 8)));

    /// <summary>How high the drawing is around a plane of some height.</summary>
    public int HeightFor(int width, int plane) => Top + plane + 58 + (LegendRow * ((Named.Count + Columns(width) - 1) / Columns(width)));

    /// <summary>The drawing as a document.</summary>
    public string ToSvg()
    {
        const int width = 720;
        const int plane = 330;
        var svg = new Svg(width, HeightFor(width, plane));
        Draw(svg, 0, 0, width, plane);
        return svg.ToString();
    }

    /// <summary>Draws it as a part of a larger drawing.</summary>
    /// <param name="svg">The drawing.</param>
    /// <param name="x">Its left border.</param>
    /// <param name="y">Its upper border.</param>
    /// <param name="width">The whole part's.</param>
    /// <param name="plane">The height of the plane between the axes.</param>
    public void Draw(Svg svg, double x, double y, int width, int plane)
    {
        var points = Lines.SelectMany(line => line.Points).ToList();
        var margin = Lines.Any(line => line.Marked) ? 22 : 0;
        var horizontal = new Axis(Math.Min(Leftmost, points.Min(point => point.X)), points.Max(point => point.X), x + Left + margin, x + width - Right - margin);
        var vertical = new Axis(Lowest, 1, y + Top + plane, y + Top);

        svg.Text(x + (width / 2.0), y + 27, Title, "middle", size: 17);
        svg.Text(x + ((Left + width - Right) / 2.0), y + Top + plane + 42, Horizontal, "middle");
        svg.Upwards(x + 22, y + Top + (plane / 2.0), Vertical);
        foreach (var tick in Marks(points, horizontal))
        {
            svg.Line(horizontal.At(tick), vertical.From, horizontal.At(tick), vertical.To, Svg.Grid);
            svg.Text(horizontal.At(tick), vertical.From + 20, Axis.Label(tick), "middle");
        }

        foreach (var tick in vertical.Ticks())
        {
            svg.Line(x + Left, vertical.At(tick), x + width - Right, vertical.At(tick), Svg.Grid);
            svg.Text(x + Left - 8, vertical.At(tick) + 5, Axis.Label(tick), "end");
        }

        if (Shaded.Count > 0)
        {
            svg.Area(
                [(horizontal.At(Shaded[0].X), vertical.From), .. Shaded.Select(point => (horizontal.At(point.X), vertical.At(point.Y))), (horizontal.At(Shaded[^1].X), vertical.From)],
                Svg.Grey,
                0.25);
        }

        var marked = Lines.Where(line => line.Marked).ToList();
        foreach (var line in Lines)
        {
            // Intervals at the same number stand beside one another, or the last would hide the others.
            var aside = line.Marked ? 4 * (marked.IndexOf(line) - ((marked.Count - 1) / 2.0)) : 0;
            svg.Polyline(line.Points.Select(point => (horizontal.At(point.X) + aside, At(point.Y))), line.Colour, line.Dashes, line.Faint ? 1 : 2.5, line.Faint ? 0.45 : 1);
            foreach (var point in line.Marked ? line.Points : [])
            {
                if (point.High > point.Low)
                {
                    svg.Range(horizontal.At(point.X) + aside, At(point.Low), At(point.High), line.Colour);
                }

                svg.Circle(horizontal.At(point.X) + aside, At(point.Y), 4, line.Colour);
            }
        }

        Legend(svg, x, y + Top + plane + 62, width);

        // What lies below the axis stands on it, so that a line never leaves the plane.
        double At(double value) => vertical.At(Math.Clamp(value, Lowest, 1));
    }

    /// <summary>The numbers that were measured, where a line has them marked and they do not touch; round ones elsewhere.</summary>
    private IEnumerable<double> Marks(IReadOnlyList<(double X, double Y, double Low, double High)> points, Axis axis)
    {
        double[] measured = [.. points.Select(point => point.X).Distinct().Order()];
        var roomy = measured.Zip(measured.Skip(1)).All(pair => axis.At(pair.Second) - axis.At(pair.First) > 34);
        return Lines.Any(line => line.Marked) && roomy ? measured : axis.Ticks();
    }

    private void Legend(Svg svg, double x, double y, int width)
    {
        var columns = Columns(width);
        var step = (width - Left - Right) / (double)columns;
        foreach (var (line, i) in Named.Select((line, i) => (line, i)))
        {
            var (left, middle) = (x + Left + (i % columns * step), y + (i / columns * LegendRow));
            svg.Line(left, middle, left + 34, middle, line.Colour, line.Dashes, 2.5);
            if (line.Marked)
            {
                svg.Circle(left + 17, middle, 4, line.Colour);
            }

            svg.Text(left + 42, middle + 5, line.Name!, "start");
        }
    }
}
