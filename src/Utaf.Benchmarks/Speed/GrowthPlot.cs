using Utaf.Benchmarks.Drawings;

namespace Utaf.Benchmarks.Speed;

/// <summary>Measured times over a number, both axes logarithmic, with the straight line that linear growth from the first point would be.</summary>
/// <param name="Title">Above the drawing.</param>
/// <param name="Horizontal">What the number is.</param>
/// <param name="Vertical">What was measured.</param>
/// <param name="Points">By ascending number; all above 0.</param>
internal sealed record GrowthPlot(string Title, string Horizontal, string Vertical, IReadOnlyList<(double X, Spread Y)> Points)
{
    private const int Width = 720;
    private const int Height = 460;
    private const int Left = 90;
    private const int Right = 30;
    private const int Top = 50;
    private const int Bottom = 70;

    /// <summary>The drawing as a document.</summary>
    public string ToSvg()
    {
        var (first, last) = (Points[0], Points[^1]);
        var linear = first.Y.Median * last.X / first.X;
        var horizontal = new Axis(first.X, last.X, Left, Width - Right, Logarithmic: true);
        var vertical = Axis.Rounded(Points.Min(point => point.Y.Minimum), Math.Max(linear, Points.Max(point => point.Y.Maximum)), Height - Bottom, Top);

        var svg = new Svg(Width, Height);
        svg.Text(Width / 2.0, 28, Title, "middle", size: 17);
        svg.Text(Width / 2.0, Height - 18, $"{Horizontal} (logarithmic)", "middle");
        svg.Upwards(22, Height / 2, $"{Vertical} (logarithmic)");
        foreach (var (number, _) in Points)
        {
            svg.Line(horizontal.At(number), Top, horizontal.At(number), Height - Bottom, Svg.Grid);
            svg.Text(horizontal.At(number), Height - Bottom + 22, Axis.Label(number), "middle");
        }

        foreach (var tick in vertical.Ticks())
        {
            svg.Line(Left, vertical.At(tick), Width - Right, vertical.At(tick), Svg.Grid);
            svg.Text(Left - 8, vertical.At(tick) + 5, Axis.Label(tick), "end");
        }

        svg.Line(horizontal.At(first.X), vertical.At(first.Y.Median), horizontal.At(last.X), vertical.At(linear), Svg.Grey, "6 5");
        svg.Text(Width - Right - 8, Height - Bottom - 12, "dashed: linear from the first point", "end");
        svg.Polyline(Points.Select(point => (horizontal.At(point.X), vertical.At(point.Y.Median))), Svg.Colours[0]);
        foreach (var (x, y) in Points)
        {
            svg.Line(horizontal.At(x), vertical.At(y.Minimum), horizontal.At(x), vertical.At(y.Maximum), Svg.Colours[0]);
            svg.Circle(horizontal.At(x), vertical.At(y.Median), 4, Svg.Colours[0]);
        }

        return svg.ToString();
    }
}
