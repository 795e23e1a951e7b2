using System.Text;

namespace Utaf.MSBuild.Text;

/// <summary>
/// Words as one command line that the tool takes apart into the same words again, by the rules of
/// https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments, which .NET follows on every system.
/// </summary>
internal static class CommandLineText
{
    private static readonly char[] Special = [' ', '\t', '\n', '\r', '\v', '"'];

    /// <summary>Joins words.</summary>
    public static string Of(IEnumerable<string> words) => string.Join(" ", words.Select(Quoted));

    private static string Quoted(string word)
    {
        if (word.Length > 0 && word.IndexOfAny(Special) < 0)
        {
            return word;
        }

        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in word)
        {
            // Backslashes count only before a quotation mark; there each is doubled, and the mark has one of its own.
            quoted.Append('\\', letter == '"' ? backslashes + 1 : 0).Append(letter);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
