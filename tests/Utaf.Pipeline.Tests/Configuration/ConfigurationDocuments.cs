using System.Text.Json.Nodes;
using CsCheck;

namespace Utaf.Pipeline.Tests.Configuration;

/// <summary>Documents made from the schema: such that fit it, and such that were damaged in one place.</summary>
internal static class ConfigurationDocuments
{
    // What a pattern wants cannot be made from it; these are examples of each.
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["name"] = ["prices", "v1.2_3-rc", "_", "A"],
        ["path"] = ["model.pt", "data/ünï cødé.csv", "/srv/x", "a'b\"c"],
        ["address"] = ["https://api.example.com/v2/models/m", "http://127.0.0.1:8080", "HTTP://[::1]:80/a?b=c#d"],
        ["secret"] = ["env:TOKEN", "env:a_1"],
    };

    private static readonly string[] Texts =
        ["mlp-64", "tab", ";", "folder:x", "azblob://account/container", "", "/", "/data/0", "acme/models", "someone", "a", "A label", "\t"];

    private static readonly JsonNode?[] Strange =
    [
        null, true, 0, 1, -1, 0.5, 1.5, 1e9, 2147483648, -0.1, 3000000000000000000, "", "quick", "env:X", "secret", "http://u:p@h/", "https://h/a b",
        "ftp://h/", "mlflow", ".hidden", "a/b", "a\u0007b", new JsonArray(), new JsonArray(1, 1, 1), new JsonArray("x", "x"), new JsonObject(),
        new JsonObject { ["name"] = "n" },
    ];

    public static Gen<JsonNode> Valid(JsonNode schema) => Value(schema, schema)!;

    /// <summary>One value replaced, one key removed, renamed or added.</summary>
    public static Gen<JsonNode> Damaged(JsonNode schema) =>
        from document in Valid(schema)
        from place in Gen.Int[0, 10_000]
        from kind in Gen.Int[0, 5]
        from strange in OneOf(Strange)
        select Damage(document.DeepClone(), place, kind, strange);

    public static JsonNode Resolve(JsonNode root, JsonNode schema) =>
        schema["$ref"] is { } reference ? root["definitions"]![reference.GetValue<string>().Split('/')[^1]]! : schema;

    private static JsonNode Damage(JsonNode document, int place, int kind, JsonNode? strange)
    {
        var objects = Objects(document).ToList();
        var target = objects[place % objects.Count];
        var keys = target.Select(property => property.Key).ToList();
        var key = keys.Count == 0 ? null : keys[place / 7 % keys.Count];
        if (kind == 0 || key is null)
        {
            target["surplus"] = strange?.DeepClone();
        }
        else if (kind == 1)
        {
            target.Remove(key);
        }
        else if (kind == 2 && target[key] is JsonArray { Count: > 0 } items)
        {
            items[place % items.Count] = strange?.DeepClone();
        }
        else
        {
            target[key] = strange?.DeepClone();
        }

        return document;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject inner => inner.SelectMany(property => Objects(property.Value)).Prepend(inner),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };

    private static Gen<JsonNode> Value(JsonNode root, JsonNode schema)
    {
        if (schema["$ref"]?.GetValue<string>().Split('/')[^1] is { } name && Examples.TryGetValue(name, out var examples))
        {
            return OneOf(examples).Select(text => (JsonNode)text);
        }

        schema = Resolve(root, schema);
        if (schema["enum"] is JsonArray words)
        {
            return OneOf(words.Select(word => word!.GetValue<string>()).ToArray()).Select(text => (JsonNode)text);
        }

        return schema["type"]!.GetValue<string>() switch
        {
            "object" => Object(root, schema),
            "array" => Array(root, schema),
            "string" => Text(schema),
            "boolean" => Gen.Bool.Select(value => (JsonNode)JsonValue.Create(value)),
            "integer" => Whole(schema),
            _ => Number(schema),
        };
    }

    private static Gen<JsonNode> Object(JsonNode root, JsonNode schema)
    {
        if (schema["additionalProperties"] is JsonObject others)
        {
            return Value(root, others).Array[0, 2].Select(values =>
                (JsonNode)new JsonObject(values.Select((value, i) => KeyValuePair.Create($"X-Header-{i}", (JsonNode?)value.DeepClone()))));
        }

        var required = schema["required"]?.AsArray().Select(key => key!.GetValue<string>()).ToHashSet() ?? [];
        var properties = schema["properties"]!.AsObject();
        var result = Gen.Const(() => new JsonObject());
        var isSuspect = schema["oneOf"] is not null;
        foreach (var (key, value) in properties.Where(property => !isSuspect || property.Key is not ("path" or "url")))
        {
            result = With(result, key, Value(root, value!), Gen.Bool.Select(flag => flag || required.Contains(key)));
        }

        return isSuspect
            ? Gen.OneOf(Always("path"), Always("url")).Select(suspect => (JsonNode)suspect)
            : result.Select(made => (JsonNode)made);

        Gen<JsonObject> Always(string key) => With(result, key, Value(root, properties[key]!), Gen.Const(true));
    }

    private static Gen<JsonObject> With(Gen<JsonObject> start, string key, Gen<JsonNode> value, Gen<bool> isThere) =>
        Gen.Select(start, value, isThere, (made, inner, there) =>
        {
            var next = (JsonObject)made.DeepClone();
            if (there)
            {
                next[key] = inner.DeepClone();
            }

            return next;
        });

    private static Gen<JsonNode> Array(JsonNode root, JsonNode schema) =>
        Value(root, schema["items"]!).Array[schema["minItems"]?.GetValue<int>() ?? 0, schema["maxItems"]?.GetValue<int>() ?? 3].Select(items =>
        {
            var kept = schema["uniqueItems"] is null ? items : [.. items.DistinctBy(item => item.ToJsonString())];
            return (JsonNode)new JsonArray([.. kept.Select(item => item.DeepClone())]);
        });

    private static Gen<JsonNode> Text(JsonNode schema)
    {
        var pattern = schema["pattern"]?.GetValue<string>() ?? (schema["minLength"] is null ? "" : "^.");
        var fitting = Texts.Where(text => System.Text.RegularExpressions.Regex.IsMatch(text, pattern)).ToArray();
        return OneOf(fitting).Select(text => (JsonNode)text);
    }

    private static Gen<JsonNode> Whole(JsonNode schema)
    {
        var least = schema["minimum"]!.GetValue<long>();
        var most = schema["maximum"]!.ToJsonString() == "18446744073709551615" ? long.MaxValue : schema["maximum"]!.GetValue<long>();
        return Gen.OneOf(Gen.Long[least, most], OneOf([least, most])).Select(value => (JsonNode)JsonValue.Create(value));
    }

    private static Gen<JsonNode> Number(JsonNode schema)
    {
        var most = schema["exclusiveMaximum"]?.GetValue<double>() ?? schema["maximum"]?.GetValue<double>() ?? 1000;
        return Gen.OneOf(Gen.Double[1e-9, most * 0.999], OneOf([1e-5, most / 2])).Select(value => (JsonNode)JsonValue.Create(value));
    }

    private static Gen<T> OneOf<T>(IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(i => values[i]);
}
