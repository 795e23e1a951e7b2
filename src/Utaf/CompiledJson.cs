using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Utaf;

/// <summary>
/// Writes JSON with the code that the compiler generated for a type. A serialiser that describes each property at run time first
/// instantiates a dozen generic classes for each type of number, which cannot be compiled ahead: it costs a command more time than
/// all the rest of its own work.
/// </summary>
public static class CompiledJson
{
    // Letters beyond ASCII stay letters: the text goes into files and reports, never into HTML unescaped.
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = OneLine with { Indented = true, NewLine = "\n" };

    /// <summary>A value as JSON in UTF-8, in one line.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type, from a context that is generated for serialization only.</param>
    public static byte[] Line<T>(T value, JsonTypeInfo<T> type) => Written(value, type, OneLine);

    /// <summary>A value as JSON in UTF-8, indented, with line feeds as line ends on every system.</summary>
    /// <inheritdoc cref="Line"/>
    public static byte[] Lines<T>(T value, JsonTypeInfo<T> type) => Written(value, type, Indented);

    private static byte[] Written<T>(T value, JsonTypeInfo<T> type, JsonWriterOptions options)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return stream.ToArray();
    }
}
