using System.Globalization;
using System.Text;

namespace Utaf.Reports;

/// <summary>Columns that text takes in a terminal: letters of East Asia and emoji take two, marks on letters none.</summary>
internal static class TextWidth
{
    /// <summary>The first and last code points of the wide blocks (Unicode Standard Annex 11, classes W and F, by block).</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>Columns of a line.</summary>
    public static int Of(string line) => line.EnumerateRunes().Sum(Of);

    /// <summary>The line with spaces to a width; unchanged if it is as wide.</summary>
    public static string Pad(string line, int width, bool left = false)
    {
        var spaces = new string(' ', Math.Max(0, width - Of(line)));
        return left ? spaces + line : line + spaces;
    }

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => Array.Exists(Wide, block => rune.Value >= block.First && rune.Value <= block.Last) ? 2 : 1,
    };
}
