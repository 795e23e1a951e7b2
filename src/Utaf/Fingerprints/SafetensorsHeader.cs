using System.Text.Json;
using System.Text.Unicode;

namespace Utaf.Fingerprints;

/// <summary>Parses the JSON header of a safetensors file and cuts the data at its offsets.</summary>
internal static class SafetensorsHeader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static SafetensorsFile Parse(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> data, string metadataKey) =>
        Parsed(header, root => Read(root, data, metadataKey));

    /// <summary>The metadata alone; what the header says of tensors is not looked at.</summary>
    public static IReadOnlyDictionary<string, string> ParseMetadata(ReadOnlyMemory<byte> header, string metadataKey) =>
        Parsed(header, root => root.TryGetProperty(metadataKey, out var metadata) ? Metadata(metadata) : []);

    private static T Parsed<T>(ReadOnlyMemory<byte> header, Func<JsonElement, T> read)
    {
        if (header.Length == 0 || header.Span[0] != (byte)'{')
        {
            throw new FormatException("the header does not begin with '{': this is no safetensors file.");
        }

        if (!Utf8.IsValid(header.Span))
        {
            throw new FormatException("the header is not UTF-8.");
        }

        try
        {
            using var json = JsonDocument.Parse(header, Strict);
            return read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a value of another type than expected, or half a surrogate pair in a string.
            throw new FormatException($"the header is not the JSON of a safetensors file: {exception.Message}", exception);
        }
    }

    private static SafetensorsFile Read(JsonElement root, ReadOnlyMemory<byte> data, string metadataKey)
    {
        Dictionary<string, string> metadata = [];
        var entries = new List<Entry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals(metadataKey))
            {
                metadata = Metadata(property.Value);
            }
            else
            {
                entries.Add(ReadEntry(property, data.Length));
            }
        }

        return new SafetensorsFile(metadata, Cut(entries, data));
    }

    private static Dictionary<string, string> Metadata(JsonElement metadata) =>
        metadata.EnumerateObject().ToDictionary(pair => pair.Name, pair => Text(pair.Value, pair.Name), StringComparer.Ordinal);

    private static Entry ReadEntry(JsonProperty property, int available)
    {
        var name = property.Name;
        var dtype = Text(Member(property.Value, "dtype", name), name);
        var shape = Integers(Member(property.Value, "shape", name), name);
        var offsets = Integers(Member(property.Value, "data_offsets", name), name);
        if (offsets is not [var begin, var end] || begin > end || end > available)
        {
            throw new FormatException($"the tensor '{name}' lies at [{string.Join(", ", offsets)}], beyond the file's {available} data bytes.");
        }

        var size = SafetensorsTensor.SizeOf(dtype, shape)
            ?? throw new FormatException($"the tensor '{name}' has the unknown type '{dtype}' or the impossible shape [{string.Join(", ", shape)}].");

        return size == end - begin
            ? new Entry(name, dtype, shape, begin, end)
            : throw new FormatException($"the tensor '{name}' has {end - begin} bytes, {dtype} [{string.Join(", ", shape)}] needs {size}.");
    }

    /// <summary>The tensors in the order of their bytes, which must follow each other from the first data byte to the last.</summary>
    private static List<SafetensorsTensor> Cut(List<Entry> entries, ReadOnlyMemory<byte> data)
    {
        var tensors = new List<SafetensorsTensor>(entries.Count);
        var position = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != position)
            {
                throw new FormatException($"the tensor '{entry.Name}' begins at {entry.Begin}, expected {position}: a hole or an overlap.");
            }

            tensors.Add(new SafetensorsTensor(
                entry.Name, entry.DType, entry.Shape, data.Slice((int)entry.Begin, (int)(entry.End - entry.Begin))));
            position = entry.End;
        }

        return position == data.Length
            ? tensors
            : throw new FormatException($"the tensors end at {position}, the data at {data.Length}.");
    }

    private static JsonElement Member(JsonElement element, string key, string tensor) =>
        element.TryGetProperty(key, out var member) ? member : throw new FormatException($"the tensor '{tensor}' has no {key}.");

    private static string Text(JsonElement element, string name) =>
        element.GetString() ?? throw new FormatException($"'{name}' has null where a text is expected.");

    private static long[] Integers(JsonElement array, string tensor) =>
        [.. array.EnumerateArray().Select(number => number.TryGetInt64(out var value) && value >= 0
            ? value
            : throw new FormatException($"the tensor '{tensor}' has {number.GetRawText()} where a size is expected."))];

    private sealed record Entry(string Name, string DType, long[] Shape, long Begin, long End);
}
