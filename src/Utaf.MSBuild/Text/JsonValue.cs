namespace Utaf.MSBuild.Text;

/// <summary>A value of a JSON text, and where in the text it stands, so that it can be cut out as it is.</summary>
/// <param name="source">The whole text.</param>
/// <param name="start">Where the value begins.</param>
/// <param name="end">Where it has ended.</param>
/// <param name="text">The text of a string, the letters of a number or a word; empty for objects and lists.</param>
/// <param name="members">An object's members.</param>
/// <param name="items">A list's items.</param>
internal sealed class JsonValue(
    string source,
    int start,
    int end,
    string text,
    IReadOnlyList<KeyValuePair<string, JsonValue>> members,
    IReadOnlyList<JsonValue> items)
{
    /// <summary>The text of a string, the letters of a number or a word; empty for objects and lists.</summary>
    public string Text { get; } = text;

    /// <summary>An object's members, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members { get; } = members;

    /// <summary>A list's items.</summary>
    public IReadOnlyList<JsonValue> Items { get; } = items;

    /// <summary>As it stands in the text.</summary>
    public string Raw => source.Substring(start, end - start);

    /// <summary>The member of a name; null if there is none.</summary>
    public JsonValue? this[string name] => Members.FirstOrDefault(member => member.Key == name).Value;
}
