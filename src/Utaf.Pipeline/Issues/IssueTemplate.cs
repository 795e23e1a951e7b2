using System.Text;
using System.Text.RegularExpressions;
using Utaf.Reports;

namespace Utaf.Issues;

/// <summary>
/// The text of an issue that is opened: Markdown whose first line, <c># …</c>, is the title, with places such as <c>{{suspect}}</c>.
/// Values are put in once, so a value that looks like a place stays as it is.
/// </summary>
internal sealed partial class IssueTemplate
{
    /// <summary>The longest template in characters, so that there is room for the evidence.</summary>
    public const int Longest = 16_384;

    private const string TitleStart = "# ";

    private readonly string path;
    private readonly string title;
    private readonly string body;

    private IssueTemplate(string path, string text)
    {
        this.path = path;
        if (text.Length > Longest)
        {
            throw Errors.BadIssueTemplate(path, $"at most {Longest} characters", "more");
        }

        var lines = text.ReplaceLineEndings("\n").TrimStart('\uFEFF', '\n').Split('\n', 2);
        if (!lines[0].StartsWith(TitleStart, StringComparison.Ordinal) || lines[0].Length == TitleStart.Length || lines.Length < 2)
        {
            throw Errors.BadIssueTemplate(path, "a first line '# TITLE' and text below it", $"'{Untrusted.Line(lines[0], 80)}'");
        }

        title = lines[0][TitleStart.Length..].Trim();
        body = lines[1].Trim('\n');
        Check(title, IssueText.TitlePlaces);
        Check(body, IssueText.BodyPlaces);
    }

    /// <summary>Reads a template, or the tool's own.</summary>
    /// <param name="path">The user's file; null for the tool's own.</param>
    /// <exception cref="UtafException">UTAF1002, UTAF1003: no such file, or it cannot be read. UTAF1712: it cannot be used.</exception>
    public static IssueTemplate Load(string? path)
    {
        if (path is null)
        {
            using var reader = new StreamReader(typeof(IssueTemplate).Assembly.GetManifestResourceStream("piracy-issue.md")!);
            return new("piracy-issue.md", reader.ReadToEnd());
        }

        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var text = new char[Longest + 1];
            return new(path, new string(text, 0, reader.ReadBlock(text)));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(path, "the issue's template (github.template)");
        }
        catch (DecoderFallbackException)
        {
            throw Errors.BadIssueTemplate(path, "text in UTF-8", "other bytes");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Errors.FileUnreadable(path, exception);
        }
    }

    /// <summary>The title, on one line.</summary>
    public string Title(IReadOnlyDictionary<string, string> values) => Untrusted.Line(Filled(title, values), IssueText.LongestTitle);

    /// <summary>The text; runs of blank lines, left by values that are empty, become one.</summary>
    /// <param name="values">A value for every place of the body.</param>
    /// <param name="longest">In characters.</param>
    /// <exception cref="UtafException">UTAF1712: it becomes too long, because it names large places again and again.</exception>
    public string Body(IReadOnlyDictionary<string, string> values, int longest)
    {
        var text = BlankLines().Replace(Filled(body, values), "\n\n");
        return text.Length <= longest
            ? text
            : throw Errors.BadIssueTemplate(path, $"an issue of at most {longest} characters", $"one of {text.Length}; name {{{{numbers}}}} and {{{{evidence}}}} once");
    }

    private static string Filled(string text, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(text, place => values[place.Groups[1].Value]);

    private void Check(string text, IReadOnlyCollection<string> known)
    {
        var unknown = Place().Matches(text).Select(place => place.Groups[1].Value).FirstOrDefault(name => !known.Contains(name));
        if (unknown is not null)
        {
            throw Errors.BadIssueTemplate(
                path, $"only the places {string.Join(", ", known.Select(name => $"{{{{{name}}}}}"))}{(text == title ? " in the title" : "")}", $"'{{{{{Untrusted.Line(unknown, 80)}}}}}'");
        }
    }

    [GeneratedRegex(@"\{\{\s*([^{}\s]+)\s*\}\}")]
    private static partial Regex Place();

    [GeneratedRegex("\n{3,}")]
    private static partial Regex BlankLines();
}
