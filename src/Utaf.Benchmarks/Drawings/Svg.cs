using System.Globalization;
using System.Security;
using System.Text;

namespace Utaf.Benchmarks.Drawings;

/// <summary>An SVG document that is drawn from back to front. Its ground is white, so that it can be read on a dark page too.</summary>
internal sealed class Svg
{
    /// <summary>Lines of a grid.</summary>
    public const string Grid = "#dddddd";

    /// <summary>Lines that are there for comparison.</summary>
    public const string Grey = "#707070";

    /// <summary>Colours that are told apart with any kind of colour vision (Okabe and Ito 2008), without yellow, which white swallows.</summary>
    public static readonly IReadOnlyList<string> Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f7f7f"];

    private readonly StringBuilder document = new();

    public Svg(int width, int height, int fontSize = 14)
    {
        Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="{fontSize}">""");
        Append($"""<rect width="100%" height="100%" fill="white"/>""");
    }

    /// <param name="x">Of the anchor.</param>
    /// <param name="y">Of the base line.</param>
    /// <param name="text">Not escaped yet.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="size">In pixels.</param>
    public void Text(double x, double y, string text, string anchor, int size = 14) =>
        Append($"""<text x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}" font-size="{size}">{SecurityElement.Escape(text)}</text>""");

    /// <summary>Text that is read from the bottom to the top.</summary>
    public void Upwards(double x, double y, string text) =>
        Append($"""<text transform="translate({x:0.0} {y:0.0}) rotate(-90)" text-anchor="middle">{SecurityElement.Escape(text)}</text>""");

    public void Line(double x1, double y1, double x2, double y2, string colour, string dashes = "none", double width = 1.5) =>
        Append($"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{colour}" stroke-width="{width:0.0}" stroke-dasharray="{dashes}"/>""");

    public void Polyline(IEnumerable<(double X, double Y)> points, string colour, string dashes = "none", double width = 2.5, double opacity = 1) =>
        Append($"""<polyline points="{Joined(points)}" fill="none" stroke="{colour}" stroke-width="{width:0.0}" stroke-dasharray="{dashes}" stroke-opacity="{opacity:0.00}" stroke-linejoin="round"/>""");

    /// <summary>A filled area without a border.</summary>
    public void Area(IEnumerable<(double X, double Y)> points, string colour, double opacity) =>
        Append($"""<polygon points="{Joined(points)}" fill="{colour}" fill-opacity="{opacity:0.00}"/>""");

    public void Circle(double x, double y, double radius, string colour) =>
        Append($"""<circle cx="{x:0.0}" cy="{y:0.0}" r="{radius:0.0}" fill="{colour}"/>""");

    public void Rectangle(double x, double y, double width, double height, string colour) =>
        Append($"""<rect x="{x:0.0}" y="{y:0.0}" width="{width:0.0}" height="{height:0.0}" fill="{colour}"/>""");

    /// <summary>A range as a line with a short bar at each end.</summary>
    public void Range(double x, double from, double to, string colour)
    {
        Line(x, from, x, to, colour);
        Line(x - 4, from, x + 4, from, colour);
        Line(x - 4, to, x + 4, to, colour);
    }

    /// <summary>The document.</summary>
    public override string ToString() => $"{document}</svg>\n";

    private static string Joined(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.0},{point.Y:0.0}")));

    private void Append(FormattableString element) => document.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
