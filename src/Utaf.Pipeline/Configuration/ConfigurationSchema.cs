using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Utaf.Reports;

namespace Utaf.Configuration;

/// <summary>
/// Judges a configuration by the published schema itself, so that the two cannot differ, and says where the configuration departs
/// from it. It knows the part of JSON Schema (draft 7) that the schema uses. A <c>title</c> says what a value must be;
/// <c>writeOnly</c> marks secrets. Text is never echoed, words of an enumeration apart: it may be a secret in the wrong place.
/// </summary>
internal sealed class ConfigurationSchema
{
    private readonly JsonElement root;

    private ConfigurationSchema(JsonElement root) => this.root = root;

    /// <summary>The published schema.</summary>
    public static ConfigurationSchema Published()
    {
        // Not disposed: the elements live as long as the process needs them.
        var document = JsonDocument.Parse(ConfigurationResources.Schema());
        return new(document.RootElement);
    }

    /// <summary>Judges a whole file.</summary>
    /// <exception cref="UtafException">UTAF1011, UTAF1014 to UTAF1018, at the key or value that is wrong.</exception>
    public void Check(PlacedValue configuration) => Check(configuration, root, "");

    private void Check(PlacedValue value, JsonElement schema, string name)
    {
        schema = Resolve(schema);
        CheckKind(value, schema, name);
        switch (value.Kind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, name);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, name);
                break;
            case JsonValueKind.Number:
                CheckNumber(value, schema, name);
                break;
            case JsonValueKind.String:
                CheckText(value, schema, name);
                break;
        }
    }

    private JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? root.GetProperty("definitions").GetProperty(reference.GetString()!.Split('/')[^1])
        : schema;

    private static void CheckKind(PlacedValue value, JsonElement schema, string name)
    {
        var fits = schema.GetProperty("type").GetString() switch
        {
            "object" => value.Kind == JsonValueKind.Object,
            "array" => value.Kind == JsonValueKind.Array,
            "string" => value.Kind == JsonValueKind.String,
            "boolean" => value.Kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.Kind == JsonValueKind.Number && value.Text.AsSpan().IndexOfAny(".eE") < 0,
            _ => value.Kind == JsonValueKind.Number,
        };
        if (!fits)
        {
            throw IsSecret(schema)
                ? Errors.OpenSecret(value.Position.ToString(), name)
                : Errors.WrongKind(value.Position.ToString(), Named(name), Expectation.Of(schema), Expectation.Found(value));
        }
    }

    private void CheckObject(PlacedValue value, JsonElement schema, string name)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        var others = schema.GetProperty("additionalProperties");
        foreach (var property in value.Properties)
        {
            var inner = name.Length == 0 ? property.Key : $"{name}.{Untrusted.Line(property.Key)}";
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(property.Key, out var found))
            {
                Check(property.Value, found, inner);
            }
            else if (others.ValueKind == JsonValueKind.Object)
            {
                Check(property.Value, others, inner);
            }
            else
            {
                var keys = known.EnumerateObject().Select(key => key.Name).ToList();
                throw Errors.UnknownKey(
                    property.Position.ToString(), Untrusted.Line(property.Key), Named(name), NearestWord.Of(property.Key, keys), keys);
            }
        }

        CheckRequired(value, schema, name);
    }

    private void CheckRequired(PlacedValue value, JsonElement schema, string name)
    {
        if (!schema.TryGetProperty("required", out var keys))
        {
            return;
        }

        foreach (var key in keys.EnumerateArray())
        {
            if (value[key.GetString()!] is null)
            {
                var missing = schema.GetProperty("properties").GetProperty(key.GetString()!);
                var description = (missing.TryGetProperty("description", out _) ? missing : Resolve(missing)).GetProperty("description");
                throw Errors.MissingKey(value.Position.ToString(), Named(name), key.GetString()!, description.GetString()!);
            }
        }
    }

    private void CheckArray(PlacedValue value, JsonElement schema, string name)
    {
        Require(AtLeast(schema, "minItems", value.Items.Count) && AtMost(schema, "maxItems", value.Items.Count), value, schema, name);
        for (var i = 0; i < value.Items.Count; i++)
        {
            var item = value.Items[i];
            Check(item, schema.GetProperty("items"), $"{name}[{i}]");
            if (schema.TryGetProperty("uniqueItems", out _) && value.Items.Take(i).Any(other => other.Text == item.Text))
            {
                throw Errors.BadSetting(item.Position.ToString(), name, "a list without repetitions", "this stands in it already");
            }
        }
    }

    private static void CheckNumber(PlacedValue value, JsonElement schema, string name)
    {
        // Whole numbers go up to 2^64 - 1, which a double cannot tell from 2^64.
        var isWhole = decimal.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole);
        var number = double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var fits = double.IsFinite(number)
            && (!schema.TryGetProperty("not", out var not) || not.GetProperty("enum")[0].GetDouble() != number)
            && (!schema.TryGetProperty("exclusiveMinimum", out var above) || number > above.GetDouble())
            && (!schema.TryGetProperty("exclusiveMaximum", out var below) || number < below.GetDouble())
            && (!schema.TryGetProperty("minimum", out var least) || (isWhole ? whole >= least.GetDecimal() : number >= least.GetDouble()))
            && (!schema.TryGetProperty("maximum", out var most) || (isWhole ? whole <= most.GetDecimal() : number <= most.GetDouble()));
        Require(fits, value, schema, name);
    }

    private static void CheckText(PlacedValue value, JsonElement schema, string name)
    {
        if (schema.TryGetProperty("enum", out var words))
        {
            var known = words.EnumerateArray().Select(word => word.GetString()!).ToList();
            Require(known.Contains(value.Text), value, schema, name, NearestWord.Of(value.Text, known));
        }

        var fits = AtLeast(schema, "minLength", value.Text.Length)
            && (!schema.TryGetProperty("pattern", out var pattern) || IsWhole(pattern, value.Text));
        if (!fits && IsSecret(schema))
        {
            throw Errors.OpenSecret(value.Position.ToString(), name);
        }

        if (schema.TryGetProperty("format", out _))
        {
            Address.Check(value, name, fits);
        }

        Require(fits, value, schema, name);
    }

    /// <summary>In .NET '$' also stands before a last line feed.</summary>
    private static bool IsWhole(JsonElement pattern, string text) =>
        Regex.Match(text, pattern.GetString()!, RegexOptions.CultureInvariant) is { Success: true } match && match.Length == text.Length;

    private static void Require(bool fits, PlacedValue value, JsonElement schema, string name, string? nearest = null)
    {
        if (!fits)
        {
            throw Errors.BadSetting(value.Position.ToString(), name, Expectation.Of(schema), Expectation.Shown(value, schema), nearest);
        }
    }

    private static bool IsSecret(JsonElement schema) => schema.TryGetProperty("writeOnly", out _);

    private static bool AtLeast(JsonElement schema, string keyword, int count) =>
        !schema.TryGetProperty(keyword, out var limit) || count >= limit.GetInt32();

    private static bool AtMost(JsonElement schema, string keyword, int count) =>
        !schema.TryGetProperty(keyword, out var limit) || count <= limit.GetInt32();

    private static string Named(string name) => name.Length == 0 ? "the file" : name;
}
