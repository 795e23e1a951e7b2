using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CsCheck;
using NJsonSchema;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Configuration;

/// <summary>The published schema, the types that a file is bound to, and an independent validator agree.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ConfigurationFile.Schema)!;

    [Fact]
    public void Every_key_of_the_schema_is_a_property_and_the_reverse() => AssertAlike(typeof(UtafConfiguration), Schema, "$");

    [Fact]
    public void Every_key_is_described() =>
        Assert.All(Definitions().SelectMany(Properties), property =>
        {
            var described = property.Value!["description"] ?? Resolve(property.Value)["description"];
            Assert.True(described is not null || property.Key == "formats", property.Key);
        });

    [Fact]
    public async Task The_reference_tells_every_key()
    {
        var reference = await File.ReadAllTextAsync(
            Path.Combine(Peers.Peers.Folder, "..", "..", "docs", "configuration.md"), TestContext.Current.CancellationToken);
        Assert.All(Definitions().SelectMany(Properties), property => Assert.Contains($"`{property.Key}`", reference, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_uses_no_word_that_the_tool_does_not_understand()
    {
        string[] understood =
        [
            "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "format", "not", "writeOnly", "title",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "minItems", "maxItems", "uniqueItems",
        ];

        // Said to people and editors; oneOf is judged with the names, for a better error.
        string[] more = ["$schema", "description", "default", "definitions", "oneOf"];
        foreach (var schema in Definitions().SelectMany(definition => Properties(definition).Select(property => property.Value!).Append(definition)))
        {
            foreach (var part in schema["items"] is { } items ? new[] { schema, items } : [schema])
            {
                Assert.Empty(part.AsObject().Select(keyword => keyword.Key).Except([.. understood, .. more]));
            }
        }
    }

    [Fact]
    public void Words_of_the_schema_are_the_products()
    {
        Assert.Equal(ReportForms.All.Select(form => form.Name), Words("reports", "formats"));
        Assert.Equal(Enum.GetValues<OutputKind>().Select(kind => JsonSerializer.Serialize(kind).Trim('"')), Words("response", "kind"));
        Assert.Equal(PredictionProtocols.Names, Words("suspect", "protocol"));
    }

    [Fact]
    public void Defaults_of_the_schema_are_the_types()
    {
        AssertDefaults(new LimitSettings(), "limits");
        AssertDefaults(new RequestSettings(), "request");
        AssertDefaults(new GitHubSettings(), "gitHub");
    }

    [Fact]
    public void Whatever_fits_the_schema_is_bound_without_loss()
    {
        var generated = ConfigurationDocuments.Valid(Schema);
        var independent = Independent();
        generated.Sample(
            document =>
            {
                Assert.Empty(independent.Validate(document.ToJsonString()));
                var bound = JsonSerializer.SerializeToNode(Bind(document), BoundOptions)!;
                AssertHolds(document, bound, "$");
            },
            iter: 300,
            print: document => document.ToJsonString());
    }

    [Fact]
    public void Whatever_departs_from_the_schema_is_judged_alike_by_the_tool_and_by_another_validator()
    {
        var independent = Independent();
        var refused = 0;
        ConfigurationDocuments.Damaged(Schema).Sample(
            document =>
            {
                var fits = independent.Validate(document.ToJsonString()).Count == 0;
                refused += fits ? 0 : 1;
                Assert.True(fits == Fits(document), $"the validator says {fits}");
            },
            iter: 2000,
            threads: 1,
            print: document => document.ToJsonString());
        Assert.InRange(refused, 500, 2000);
    }

    private static readonly JsonSerializerOptions BoundOptions = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new SecretText() },
    };

    private static JsonSchema Independent() => JsonSchema.FromJsonAsync(Schema.ToJsonString()).GetAwaiter().GetResult();

    private static UtafConfiguration Bind(JsonNode document)
    {
        var root = PlacedText.Parse("utaf.json", JsonSerializer.SerializeToUtf8Bytes(document));
        ConfigurationSchema.Published().Check(root);
        return new ConfigurationBinding("").Bind(root);
    }

    private static bool Fits(JsonNode document)
    {
        try
        {
            var root = PlacedText.Parse("utaf.json", JsonSerializer.SerializeToUtf8Bytes(document));
            ConfigurationSchema.Published().Check(root);
            ConfigurationNames.Check(new ConfigurationBinding("").Bind(root), root);
            return true;
        }
        catch (UtafException error) when (error.Diagnostic.Code is "UTAF1019" or "UTAF1021")
        {
            // What no schema can say: names that are unique, or name something.
            return true;
        }
        catch (UtafException)
        {
            return false;
        }
    }

    private static void AssertAlike(Type type, JsonNode schema, string at)
    {
        if (type == typeof(Secret) || type == typeof(Uri) || Nullable.GetUnderlyingType(type) is not null || type.IsPrimitive || type == typeof(string))
        {
            return;
        }

        if (schema["additionalProperties"] is JsonObject others)
        {
            AssertAlike(type.GetGenericArguments()[1], Resolve(others), at);
        }
        else if (type.IsGenericType)
        {
            AssertAlike(type.GetGenericArguments()[0], Resolve(schema["items"]!), $"{at}[]");
        }
        else
        {
            var properties = type.GetProperties().Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null).ToDictionary(Key);
            Assert.Equal(Properties(schema).Select(property => property.Key).Order(), properties.Keys.Order());
            Assert.Equal(
                (schema["required"]?.AsArray().Select(key => key!.GetValue<string>()) ?? []).Order(),
                properties.Where(property => property.Value.GetCustomAttribute<RequiredMemberAttribute>() is not null)
                    .Select(property => property.Key).Order());
            foreach (var (key, value) in Properties(schema))
            {
                AssertAlike(properties[key].PropertyType, Resolve(value!), $"{at}.{key}");
            }
        }

        static string Key(PropertyInfo property) =>
            property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
    }

    /// <summary>The bound value holds whatever the document says; more is a default.</summary>
    private static void AssertHolds(JsonNode? said, JsonNode? bound, string at)
    {
        if (said is JsonObject keys)
        {
            Assert.All(keys, key => AssertHolds(key.Value, bound?[key.Key], $"{at}.{key.Key}"));
        }
        else if (said is JsonArray items)
        {
            Assert.Equal(items.Count, bound?.AsArray().Count);
            for (var i = 0; i < items.Count; i++)
            {
                AssertHolds(items[i], bound![i], $"{at}[{i}]");
            }
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(said, bound) || Same(said!, bound), $"{at}: {said?.ToJsonString()} became {bound?.ToJsonString()}");
        }

        // 1E-05 is 0.00001, and an address may gain a slash.
        static bool Same(JsonNode said, JsonNode? bound) => said.GetValueKind() == JsonValueKind.Number
            ? bound is not null && Number(said) == Number(bound)
            : Uri.TryCreate(said.ToString(), UriKind.Absolute, out var a) && bound is not null && a == new Uri(bound.ToString());
    }

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static void AssertDefaults<T>(T usual, string definition)
    {
        var values = JsonSerializer.SerializeToNode(usual, BoundOptions)!;
        var said = Properties(Schema["definitions"]![definition]!).Where(property => property.Value!["default"] is not null).ToList();
        Assert.NotEmpty(said);
        Assert.All(said, property => Assert.Equal(property.Value!["default"]!.ToJsonString(), values[property.Key]!.ToJsonString()));
    }

    private static IEnumerable<string> Words(string definition, string key)
    {
        var property = Schema["definitions"]![definition]!["properties"]![key]!;
        return (property["enum"] ?? property["items"]!["enum"]!).AsArray().Select(word => word!.GetValue<string>());
    }

    private static IEnumerable<JsonNode> Definitions() => Schema["definitions"]!.AsObject().Select(definition => definition.Value!).Prepend(Schema);

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode schema) => schema["properties"]?.AsObject() ?? [];

    private static JsonNode Resolve(JsonNode schema) => ConfigurationDocuments.Resolve(Schema, schema);

    private sealed class SecretText : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
