using System.Globalization;
using System.Text;

namespace Utaf.Reports;

/// <summary>Text that a suspect, a server or a file chose, made fit to be shown.</summary>
public static class Untrusted
{
    /// <summary>The longest name or message of a stranger that is shown.</summary>
    public const int Longest = 200;

    private static readonly Rune Joiner = new('\u200D');

    /// <summary>
    /// One line: runs of white space and control characters become one space; invisible format characters, among them those that
    /// turn the direction of writing, go; lone surrogates become U+FFFD; a long text ends with an ellipsis.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">In UTF-16 units, at least 1.</param>
    public static string Line(string text, int longest = Longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                line.Append(line.Length == 0 || line[^1] == ' ' ? "" : " ");
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format || rune == Joiner)
            {
                line.Append(rune);
            }

            if (line.Length > longest + 1)
            {
                break;
            }
        }

        return Shorten(line.ToString().TrimEnd(' '), longest);
    }

    private static string Shorten(string line, int longest)
    {
        if (line.Length <= longest)
        {
            return line;
        }

        var end = longest - 1;
        return string.Concat(line.AsSpan(0, end > 0 && char.IsHighSurrogate(line[end - 1]) ? end - 1 : end), "…");
    }
}
