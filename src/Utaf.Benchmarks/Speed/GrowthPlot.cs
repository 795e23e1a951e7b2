using System.Globalization;
using System.Security;
using System.Text;

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
        double[] numbers = [.. Points.Select(point => point.X)];
        var (first, last) = (Points[0], Points[^1]);
        var linear = first.Y.Median * last.X / first.X;
        var horizontal = new Axis(numbers[0], numbers[^1], Left, Width - Right);
        var vertical = Axis.Rounded(Points.Min(point => point.Y.Minimum), Math.Max(linear, Points.Max(point => point.Y.Maximum)), Height - Bottom, Top);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="14">""").Append('\n');
        svg.Append("""<rect width="100%" height="100%" fill="white"/>""").Append('\n');
        Text(Width / 2.0, 28, Title, "middle", size: 17);
        Text(Width / 2.0, Height - 18, $"{Horizontal} (logarithmic)", "middle");
        svg.Append(CultureInfo.InvariantCulture, $"""<text transform="translate(22 {Height / 2}) rotate(-90)" text-anchor="middle">{SecurityElement.Escape(Vertical)} (logarithmic)</text>""").Append('\n');
        foreach (var number in numbers)
        {
            Line(horizontal.At(number), Top, horizontal.At(number), Height - Bottom, "#dddddd");
            Text(horizontal.At(number), Height - Bottom + 22, Short(number), "middle");
        }

        foreach (var tick in vertical.Ticks())
        {
            Line(Left, vertical.At(tick), Width - Right, vertical.At(tick), "#dddddd");
            Text(Left - 8, vertical.At(tick) + 5, Short(tick), "end");
        }

        Line(horizontal.At(first.X), vertical.At(first.Y.Median), horizontal.At(last.X), vertical.At(linear), "#888888", "6 5");
        Text(Width - Right - 8, Height - Bottom - 12, "dashed: linear from the first point", "end");
        var path = string.Join(' ', Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{horizontal.At(point.X):0.0},{vertical.At(point.Y.Median):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"""<polyline points="{path}" fill="none" stroke="#1f5fa8" stroke-width="2.5"/>""").Append('\n');
        foreach (var (x, y) in Points)
        {
            Line(horizontal.At(x), vertical.At(y.Minimum), horizontal.At(x), vertical.At(y.Maximum), "#1f5fa8");
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{horizontal.At(x):0.0}" cy="{vertical.At(y.Median):0.0}" r="4" fill="#1f5fa8"/>""").Append('\n');
        }

        return svg.Append("</svg>\n").ToString();

        void Text(double x, double y, string text, string anchor, int size = 14) =>
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}" font-size="{size}">{SecurityElement.Escape(text)}</text>""").Append('\n');

        void Line(double x1, double y1, double x2, double y2, string colour, string dashes = "none") =>
            svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dashes}"/>""").Append('\n');
    }

    private static string Short(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A logarithmic axis from the pixel of the smallest number to that of the largest.</summary>
    private sealed record Axis(double Low, double High, double From, double To)
    {
        public double At(double value) => High > Low ? From + (Math.Log(value / Low) / Math.Log(High / Low) * (To - From)) : (From + To) / 2;

        /// <summary>An axis that begins and ends with a tick.</summary>
        public static Axis Rounded(double low, double high, double from, double to)
        {
            double[] ticks = [.. All(low, high)];
            return new(ticks.Last(tick => tick <= low), ticks.First(tick => tick >= high), from, to);
        }

        /// <summary>The ticks within the axis.</summary>
        public IEnumerable<double> Ticks() => All(Low, High).Where(tick => tick >= Low && tick <= High);

        /// <summary>1, 2 and 5 times the powers of ten around some numbers.</summary>
        private static IEnumerable<double> All(double low, double high)
        {
            var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
            return from exponent in Enumerable.Range(first, last - first + 1) from factor in (int[])[1, 2, 5] select factor * Math.Pow(10, exponent);
        }
    }
}
