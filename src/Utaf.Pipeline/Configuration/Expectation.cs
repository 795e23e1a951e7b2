using System.Text.Json;
using Utaf.Reports;

namespace Utaf.Configuration;

/// <summary>Puts into words what a schema wants, and what was found instead.</summary>
internal static class Expectation
{
    /// <summary>Such as "a whole number from 1 to 100000".</summary>
    public static string Of(JsonElement schema)
    {
        if (schema.TryGetProperty("title", out var title) && !schema.TryGetProperty("$schema", out _))
        {
            return title.GetString()!;
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return $"one of {string.Join(", ", words.EnumerateArray().Select(word => word.GetString()))}";
        }

        return schema.GetProperty("type").GetString() switch
        {
            "object" => "an object, {…}",
            "array" => schema.TryGetProperty("minItems", out _) ? "a list of one entry at least, […]" : "a list, […]",
            "string" => schema.TryGetProperty("minLength", out _) ? "a text that is not empty" : "a text",
            "boolean" => "true or false",
            "integer" => $"a whole number{Range(schema)}",
            _ => $"a number{Range(schema)}",
        };
    }

    /// <summary>What kind of value was found; never the value.</summary>
    public static string Found(PlacedValue value) => value.Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null (leave the key out for its default)",
        _ => "true or false",
    };

    /// <summary>The value where it can be no secret: a number, or what stands in place of one of a few words.</summary>
    public static string Shown(PlacedValue value, JsonElement schema) => value.Kind switch
    {
        JsonValueKind.Number => $"it is {Untrusted.Line(value.Text, 40)}",
        JsonValueKind.String when value.Text.Length == 0 => "it is empty",
        JsonValueKind.String when schema.TryGetProperty("enum", out _) => $"it is '{Untrusted.Line(value.Text, 40)}'",
        JsonValueKind.Array => $"it has {value.Items.Count}",
        _ => "it is another text",
    };

    private static string Range(JsonElement schema)
    {
        var (least, most) = (Limit(schema, "minimum"), Limit(schema, "maximum"));
        var (above, below) = (Limit(schema, "exclusiveMinimum"), Limit(schema, "exclusiveMaximum"));
        return (above, below, least, most) switch
        {
            ({ } a, { } b, _, _) => $" above {a} and below {b}",
            ({ } a, _, _, { } m) => $" above {a}, at most {m}",
            (_, _, { } l, { } m) => $" from {l} to {m}",
            _ => "",
        };
    }

    private static string? Limit(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var limit) ? limit.GetRawText() : null;
}
