using System.Text.RegularExpressions;

namespace Utaf.Reports;

/// <summary>
/// Text put into GitHub's Markdown so that it means nothing but itself, in a paragraph, a heading, a list or a table's cell.
/// </summary>
/// <remarks>
/// Backslashes and character references do not suffice: GitHub looks for mentions, issue references and addresses in the text
/// that is left when they are resolved. It leaves code alone, so whatever is not a plain word stands in a code span.
/// </remarks>
public static partial class MarkdownText
{
    // A pipe ends a table's cell even within code; as a character reference it does so nowhere.
    private const string Pipe = "&#124;";

    private const int LongestSentence = 1000;

    /// <summary>Prose: plain words and numbers stay, everything else becomes code.</summary>
    /// <param name="text">Any text; it is made one line, see <see cref="Untrusted.Line"/>.</param>
    /// <param name="longest">The text is cut after so many UTF-16 units.</param>
    public static string Escape(string text, int longest = Untrusted.Longest)
    {
        var written = new List<string>();
        var strange = new List<string>();
        foreach (var word in Untrusted.Line(text, longest).Split(' '))
        {
            if (IsPlain(word, first: written.Count + strange.Count == 0))
            {
                Flush();
                written.Add(word);
            }
            else
            {
                strange.Add(word);
            }
        }

        Flush();
        return string.Join(' ', written);

        void Flush()
        {
            if (strange.Count > 0)
            {
                var parts = Brackets().Match(string.Join(' ', strange)).Groups;
                written.Add(parts[1].Value + Span(parts[2].Value) + parts[3].Value);
                strange.Clear();
            }
        }
    }

    /// <summary>A name, an address or a digest: all of it becomes code.</summary>
    /// <inheritdoc cref="Escape"/>
    public static string Code(string text, int longest = Untrusted.Longest) => Span(Untrusted.Line(text, longest));

    /// <summary>A fact as a table's row, with its line's end.</summary>
    internal static string Row(Fact fact) => $"| {fact.Name} | {(fact.IsDigest ? Code(fact.Value) : Escape(fact.Value, LongestSentence))} |\n";

    private static string Span(string line) => string.Join(Pipe, line.Split('|').Select(Fence));

    /// <summary>A code span (CommonMark 6.1): the fence is longer than every run of backticks in it.</summary>
    private static string Fence(string part)
    {
        if (part.Length == 0)
        {
            return "";
        }

        var fence = new string('`', Backticks().Matches(part).Select(run => run.Length).DefaultIfEmpty(0).Max() + 1);

        // One space at each end is taken away again, if both are there and something else is.
        var padding = part[0] == '`' || part[^1] == '`' || (part[0] == ' ' && part[^1] == ' ' && part.Length > 1) ? " " : "";
        return part.All(letter => letter == ' ') ? fence + part + fence : fence + padding + part + padding + fence;
    }

    /// <summary>A line may not begin like a list; digits and the letters a to f may be a commit's name.</summary>
    private static bool IsPlain(string word, bool first) =>
        (PlainWord().IsMatch(word) || (word == "=" && !first)) && !CommitName().IsMatch(word) && !(first && ListMarker().IsMatch(word));

    [GeneratedRegex(@"^\(?(?:[\p{L}\p{M}]+₊?(?:['’-][\p{L}\p{M}]+)*|[0-9]+(?:[.,][0-9]+)*%?)\)?[.,;:!?]?$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();

    [GeneratedRegex(@"^\(?[\p{L}0-9]+\)?[.)]$", RegexOptions.CultureInvariant)]
    private static partial Regex ListMarker();

    [GeneratedRegex("[0-9a-fA-F]{7}", RegexOptions.CultureInvariant)]
    private static partial Regex CommitName();

    // What stands around strange words in a sentence need not be strange.
    [GeneratedRegex(@"^(\(?)(.+?)(\)?[.,;:]?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Brackets();

    [GeneratedRegex("`+", RegexOptions.CultureInvariant)]
    private static partial Regex Backticks();
}
