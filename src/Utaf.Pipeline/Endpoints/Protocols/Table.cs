using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>Inputs as a table, as pandas reads it.</summary>
internal static class Table
{
    /// <summary>Names, row numbers and rows apart: <c>{"columns":[…],"index":[…],"data":[[…]]}</c>.</summary>
    public static void WriteSplit(Utf8JsonWriter writer, InputWriter inputs, IReadOnlyList<string> columns, QueryBatch batch, bool withIndex)
    {
        writer.WriteStartObject();
        if (columns.Count > 0)
        {
            writer.WriteStartArray("columns");
            foreach (var column in columns)
            {
                writer.WriteStringValue(column);
            }

            writer.WriteEndArray();
        }

        if (withIndex)
        {
            writer.WriteStartArray("index");
            for (var i = 0; i < batch.Count; i++)
            {
                writer.WriteNumberValue(i);
            }

            writer.WriteEndArray();
        }

        writer.WritePropertyName("data");
        inputs.WriteTable(writer, batch);
        writer.WriteEndObject();
    }

    /// <summary>An object for each row: <c>[{"a":1,"b":2}]</c>.</summary>
    public static void WriteRecords(Utf8JsonWriter writer, InputWriter inputs, IReadOnlyList<string> columns, QueryBatch batch) =>
        inputs.WriteAll(writer, batch, input =>
        {
            writer.WriteStartObject();
            for (var i = 0; i < columns.Count; i++)
            {
                writer.WritePropertyName(columns[i]);
                inputs.WriteFlat(writer, inputs.AsPng ? input.Span : input.Span.Slice(i, 1));
            }

            writer.WriteEndObject();
        });
}
