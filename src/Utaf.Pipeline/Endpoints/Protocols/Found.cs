using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>Words for what was found in an answer.</summary>
internal static class Found
{
    private const int LongestShown = 100;
    private const int MostNames = 8;

    /// <summary>What kind of JSON value it is, such as "a text" or "an object with 'a', 'b'".</summary>
    public static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => $"an array of {element.GetArrayLength()}",
        JsonValueKind.Object => $"an object with {Names(element.EnumerateObject().Select(member => member.Name))}",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>Text of the suspect in quotes. A long one is not shown at all: cut, a secret in it would not be recognised.</summary>
    public static string Quoted(string text) =>
        text.Length <= LongestShown ? $"'{ForeignText.Shown(text)}'" : $"a text of {text.Length} characters";

    /// <summary>Some names in quotes.</summary>
    public static string Names(IEnumerable<string> names)
    {
        var shown = names.Take(MostNames + 1).Select(Quoted).ToList();
        return shown.Count == 0 ? "nothing" : string.Join(", ", shown.Take(MostNames)) + (shown.Count > MostNames ? ", …" : "");
    }

    /// <summary>A shape in brackets.</summary>
    public static string Shape<T>(IEnumerable<T> sizes) => $"[{string.Join(", ", sizes)}]";
}
