using System.Globalization;
using System.Text;

namespace Utaf.MSBuild.Text;

/// <summary>
/// Reads JSON with comments and trailing commas, such as <c>utaf.json</c>. A task that brings System.Text.Json along meets the
/// one that Visual Studio has loaded, in another version; 100 lines do not.
/// </summary>
internal sealed class JsonReader
{
    private const int DeepestNesting = 100;

    private readonly string source;
    private int at;
    private int depth;

    private JsonReader(string source) => this.source = source;

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is not JSON.</exception>
    public static JsonValue Parse(string source)
    {
        var reader = new JsonReader(source);
        var value = reader.Value();
        reader.Skip();
        return reader.at == source.Length ? value : throw reader.Unexpected();
    }

    /// <summary>Reads a file; null if it is not there, cannot be read, or is not JSON.</summary>
    public static JsonValue? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private JsonValue Value()
    {
        Skip();
        var start = at;
        if (++depth > DeepestNesting)
        {
            throw Unexpected();
        }

        var (text, members, items) = ("", new List<KeyValuePair<string, JsonValue>>(), new List<JsonValue>());
        switch (Current)
        {
            case '{':
                List('}', () => members.Add(Member()));
                break;
            case '[':
                List(']', () => items.Add(Value()));
                break;
            case '"':
                text = String();
                break;
            default:
                text = Word();
                break;
        }

        depth--;
        return new(source, start, at, text, members, items);
    }

    private void List(char close, Action one)
    {
        at++;
        for (Skip(); Current != close; Skip())
        {
            one();
            Skip();
            if (Current == ',')
            {
                at++;
            }
            else if (Current != close)
            {
                throw Unexpected();
            }
        }

        at++;
    }

    private KeyValuePair<string, JsonValue> Member()
    {
        var name = Current == '"' ? String() : throw Unexpected();
        Skip();
        if (Current != ':')
        {
            throw Unexpected();
        }

        at++;
        return new(name, Value());
    }

    private string String()
    {
        var text = new StringBuilder();
        for (at++; Current != '"'; at++)
        {
            if (Current == '\\')
            {
                at++;
                text.Append(Escaped());
            }
            else
            {
                text.Append(source[at]);
            }
        }

        at++;
        return text.ToString();
    }

    private char Escaped()
    {
        switch (Current)
        {
            case 'u' when at + 4 < source.Length
                && ushort.TryParse(source.Substring(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                at += 4;
                return (char)code;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case var other:
                return other;
        }
    }

    private string Word()
    {
        var start = at;
        while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] is '-' or '+' or '.'))
        {
            at++;
        }

        return at > start ? source.Substring(start, at - start) : throw Unexpected();
    }

    private void Skip()
    {
        while (at < source.Length)
        {
            if (char.IsWhiteSpace(source[at]))
            {
                at++;
            }
            else if (string.CompareOrdinal(source, at, "//", 0, 2) == 0)
            {
                at = After("\n");
            }
            else if (string.CompareOrdinal(source, at, "/*", 0, 2) == 0)
            {
                at = After("*/");
            }
            else
            {
                return;
            }
        }
    }

    private int After(string end) => source.IndexOf(end, at + 1, StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : source.Length;

    private char Current => at < source.Length ? source[at] : throw Unexpected();

    private FormatException Unexpected() => new($"This is not JSON at character {at}.");
}
