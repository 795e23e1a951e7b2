using System.Text.Json;

namespace Utaf.Configuration;

/// <summary>A value of a JSON file that knows where it stands.</summary>
/// <param name="source">The file.</param>
/// <param name="kind">What it is.</param>
/// <param name="offset">Its first byte in the file.</param>
/// <param name="text">A string's value, a number's digits; empty for the others.</param>
/// <param name="properties">An object's, in the file's order.</param>
/// <param name="items">An array's.</param>
internal sealed class PlacedValue(
    PlacedText source,
    JsonValueKind kind,
    int offset,
    string text,
    IReadOnlyList<PlacedProperty> properties,
    IReadOnlyList<PlacedValue> items)
{
    public JsonValueKind Kind => kind;

    public string Text => text;

    public IReadOnlyList<PlacedProperty> Properties => properties;

    public IReadOnlyList<PlacedValue> Items => items;

    /// <summary>The line and column of its first character; found when asked for, which is rarely.</summary>
    public SourcePosition Position => source.At(offset);

    /// <summary>The value of a key; null if the object does not have it.</summary>
    public PlacedValue? this[string key] => properties.FirstOrDefault(property => property.Key == key)?.Value;
}

/// <summary>A key and its value.</summary>
/// <param name="Source">The file.</param>
/// <param name="Key">The key.</param>
/// <param name="Offset">The key's first byte in the file.</param>
/// <param name="Value">Its value.</param>
internal sealed record PlacedProperty(PlacedText Source, string Key, int Offset, PlacedValue Value)
{
    /// <summary>The line and column of the key.</summary>
    public SourcePosition Position => Source.At(Offset);
}
