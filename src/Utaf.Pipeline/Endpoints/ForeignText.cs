using System.Globalization;
using System.Text;

namespace Utaf.Endpoints;

/// <summary>Text that a suspect or a server wrote, made fit to be shown: one line, short, nothing that steers a terminal.</summary>
internal static class ForeignText
{
    private const int Longest = 200;

    /// <summary>At most 200 characters; control, format and line separator characters become spaces.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                return shown.Append('…').ToString();
            }

            if (!IsHarmless(rune))
            {
                if (shown.Length > 0 && shown[^1] != ' ')
                {
                    shown.Append(' ');
                }
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.ToString().TrimEnd();
    }

    /// <summary>The beginning of a response's body as text, not yet fit to be shown: long enough that no secret in it is cut in two.</summary>
    public static string Unshortened(byte[] utf8) => Encoding.UTF8.GetString(utf8.AsSpan(0, Math.Min(utf8.Length, 1 << 16)));

    private static bool IsHarmless(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
