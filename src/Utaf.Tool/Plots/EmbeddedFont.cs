using ScottPlot;
using SkiaSharp;

namespace Utaf.Tool.Plots;

/// <summary>The tool's own font: build machines and containers often have none, and pictures would lose their words.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The one family there is.</summary>
    public const string Family = "DejaVu Sans";

    private readonly SKTypeface typeface;

    private EmbeddedFont()
    {
        using var stream = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        typeface = SKTypeface.FromStream(stream);
    }

    /// <summary>Makes it the font of every plot of this process.</summary>
    public static void Use()
    {
        if (Fonts.FontResolvers is not [EmbeddedFont])
        {
            Fonts.FontResolvers.Clear();
            Fonts.FontResolvers.Add(new EmbeddedFont());
            Fonts.Default = Family;
        }
    }

    public SKTypeface CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => typeface;

    public SKTypeface CreateTypeface(string fontName, bool bold, bool italic) => typeface;
}
