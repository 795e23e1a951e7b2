using System.Security.Cryptography;
using System.Text;

namespace Utaf.Issues;

/// <summary>
/// The hidden line that an issue is found again by: <c>&lt;!-- utaf:piracy model=… suspect=… --&gt;</c>. It must be a line of its own;
/// names in the text are never at the beginning of one, so no name can write a marker.
/// </summary>
/// <param name="model">The protected model's name; not its version, so that a new release does not open a second issue.</param>
/// <param name="suspect">The suspect's name.</param>
internal sealed class IssueMarker(string model, string suspect)
{
    private const int LongestName = 200;
    private const string Start = "<!-- utaf:";
    private const string End = " -->";

    /// <summary>The line.</summary>
    public string Line { get; } = $"{Start}piracy model={Encoded(model)} suspect={Encoded(suspect)}{End}";

    /// <summary>Whether an issue's text has the line.</summary>
    public bool IsIn(string? text) => Lines(text).Contains(Line, StringComparer.Ordinal);

    /// <summary>The line that says which issue a closed one repeats.</summary>
    public static string DuplicateOf(int number) => $"{Start}duplicate of={number}{End}";

    /// <summary>A line that hides a value.</summary>
    /// <param name="kind">A word.</param>
    /// <param name="value">One line without <c>&gt;</c>.</param>
    public static string Hide(string kind, string value) => $"{Start}{kind} {value}{End}";

    /// <summary>The values hidden in a text, in their order.</summary>
    public static IEnumerable<string> Hidden(string kind, string? text)
    {
        var start = $"{Start}{kind} ";
        return Lines(text)
            .Where(line => line.StartsWith(start, StringComparison.Ordinal) && line.EndsWith(End, StringComparison.Ordinal))
            .Where(line => line.Length >= start.Length + End.Length)
            .Select(line => line[start.Length..^End.Length]);
    }

    /// <summary>The lines of a text; GitHub may have turned their ends into CR LF.</summary>
    public static IEnumerable<string> Lines(string? text) => (text ?? "").Split('\n').Select(line => line.TrimEnd('\r'));

    /// <summary>RFC 3986's unreserved characters only: no space, no angle bracket, no line break. A long name becomes its digest.</summary>
    private static string Encoded(string name)
    {
        // Lone surrogates have no encoding; two names that differ in them only are one.
        var escaped = Uri.EscapeDataString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)));
        return escaped.Length <= LongestName ? escaped : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }
}
