using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Utaf.Configuration;

/// <summary>A JSON file, comments and trailing commas allowed, of which every key and value knows where it stands.</summary>
internal sealed class PlacedText
{
    private readonly string file;
    private readonly byte[] utf8;

    private PlacedText(string file, byte[] utf8) => (this.file, this.utf8) = (file, utf8);

    /// <summary>Reads the text.</summary>
    /// <param name="file">The file's path as it is to be shown.</param>
    /// <param name="utf8">Its bytes, with or without a byte order mark.</param>
    /// <exception cref="UtafException">UTAF1010: no JSON, or not in UTF-8. UTAF1013: a key stands twice in one object.</exception>
    public static PlacedValue Parse(string file, byte[] utf8)
    {
        var text = new PlacedText(file, utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8);
        return text.Parse();
    }

    /// <summary>A byte's line and column, both from 1; columns count UTF-16 units, as editors and compilers do.</summary>
    public SourcePosition At(int offset)
    {
        var before = utf8.AsSpan(0, offset);
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new(file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(line) + 1);
    }

    private PlacedValue Parse()
    {
        if (!Utf8.IsValid(utf8))
        {
            throw Errors.NotJson(file, "the file is not in UTF-8. Save it in that encoding.");
        }

        var reader = new Utf8JsonReader(utf8, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            reader.Read();
            var root = Value(ref reader);

            // A second value after the first is found by reading on.
            reader.Read();
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Errors.NotJson(Failure(e, reader).ToString(), Problem(e));
        }
    }

    /// <summary>Strings that are no text, such as half a surrogate pair, fail without a place: it is the current token's.</summary>
    private SourcePosition Failure(Exception failure, in Utf8JsonReader reader)
    {
        if (failure is not JsonException { LineNumber: { } line, BytePositionInLine: { } column })
        {
            return At((int)reader.TokenStartIndex);
        }

        var start = 0;
        for (var i = 0; i < line; i++)
        {
            start += utf8.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        return At(Math.Min(start + (int)column, utf8.Length));
    }

    /// <summary>The parser's own words are not shown: they may quote the text, and what stands there may be a secret.</summary>
    private string Problem(Exception failure) => failure switch
    {
        InvalidOperationException => "this string is no text.",
        _ when utf8.AsSpan().Trim(" \t\r\n"u8).IsEmpty => "the file is empty. Write a first one with: dotnet utaf init.",
        _ => "look for a missing or superfluous comma, quotation mark or bracket here or just before.",
    };

    private PlacedValue Value(ref Utf8JsonReader reader)
    {
        var offset = (int)reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Of(JsonValueKind.Object, properties: Properties(ref reader)),
            JsonTokenType.StartArray => Of(JsonValueKind.Array, items: Items(ref reader)),
            JsonTokenType.String => Of(JsonValueKind.String, reader.GetString()),
            JsonTokenType.Number => Of(JsonValueKind.Number, Encoding.ASCII.GetString(reader.ValueSpan)),
            JsonTokenType.True => Of(JsonValueKind.True),
            JsonTokenType.False => Of(JsonValueKind.False),
            _ => Of(JsonValueKind.Null),
        };

        PlacedValue Of(JsonValueKind kind, string? text = null, List<PlacedProperty>? properties = null, List<PlacedValue>? items = null) =>
            new(this, kind, offset, text ?? "", properties ?? [], items ?? []);
    }

    private List<PlacedProperty> Properties(ref Utf8JsonReader reader)
    {
        var properties = new List<PlacedProperty>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var offset = (int)reader.TokenStartIndex;
            var key = reader.GetString()!;
            if (properties.Exists(property => property.Key == key))
            {
                throw Errors.RepeatedKey(At(offset).ToString(), Reports.Untrusted.Line(key));
            }

            reader.Read();
            properties.Add(new(this, key, offset, Value(ref reader)));
        }

        return properties;
    }

    private List<PlacedValue> Items(ref Utf8JsonReader reader)
    {
        var items = new List<PlacedValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader));
        }

        return items;
    }
}
