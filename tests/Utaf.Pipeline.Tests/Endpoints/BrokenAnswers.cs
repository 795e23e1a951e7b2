using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>An answer that was damaged.</summary>
/// <param name="Kind">What was done, and where.</param>
/// <param name="Body">The bytes.</param>
/// <param name="MustBeRecognised">Whether no reader may take it for an answer; otherwise it may still be one, or be taken for one.</param>
internal sealed record BrokenAnswer(string Kind, byte[] Body, bool MustBeRecognised)
{
    public override string ToString() => $"{Kind}: {Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 400)))}";
}

/// <summary>Breaks good answers in every way that comes to mind.</summary>
internal static class BrokenAnswers
{
    private const string Mark = "\uE000mark\uE000";

    /// <summary>What is no number, or none that float32 holds.</summary>
    private static readonly string[] NoNumbers =
    [
        "NaN", "-NaN", "nan", "Infinity", "-Infinity", "inf", "null", "true", "false", "\"NaN\"", "\"0.5\"", "\"\"", "{}", "[]", "[null]", "{\"v\":1}",
        "1e300", "-1e300", "4e38", "1e99999", "01", "+1", ".5", "1.", "0x1", "1_000", "1e", "-", "--1", "undefined", "None", "'1'", "1,", "1 2", "",
    ];

    /// <summary>Bodies that have nothing to do with the good one.</summary>
    private static readonly (string Kind, string Body)[] Others =
    [
        ("empty", ""),
        ("blank", " \r\n\t"),
        ("null", "null"),
        ("true", "true"),
        ("a number", "0.5"),
        ("a text", "\"ok\""),
        ("an empty array", "[]"),
        ("an empty object", "{}"),
        ("an error", "{\"error\":\"model not loaded\"}"),
        ("an error in a text", "\"Internal error\""),
        ("a web page", "<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("plain text", "upstream connect error"),
        ("CSV", "0.1,0.2,0.7\n0.3,0.3,0.4\n"),
        ("half a surrogate pair", "{\"\\ud800\":[[\"\\udc00\"]]}"),
        ("100 arrays in each other", new string('[', 100) + new string(']', 100)),
        ("100000 open arrays", new string('[', 100_000)),
        ("100000 open objects", string.Concat(Enumerable.Repeat("{\"a\":", 100_000))),
        ("an open text", "\"abc"),
        ("NUL bytes", "\0\0\0\0"),
    ];

    /// <summary>Every damage at every place of a good answer, and some to all of it: several hundred.</summary>
    /// <param name="good">UTF-8 JSON.</param>
    /// <param name="answersAt">JSON Pointer to the part in which everything matters.</param>
    /// <param name="irrelevant">Names of members in that part that do not matter after all.</param>
    public static IEnumerable<BrokenAnswer> Of(byte[] good, string answersAt, params string[] irrelevant)
    {
        foreach (var broken in Wholes(good))
        {
            yield return broken;
        }

        var root = JsonNode.Parse(good)!;
        foreach (var path in PathsOf(root, ""))
        {
            var matters = (path == answersAt || path.StartsWith(answersAt + "/", StringComparison.Ordinal))
                && !irrelevant.Any(name => path.EndsWith("/" + name, StringComparison.Ordinal));

            // What holds the answers cannot be missing either.
            var holds = answersAt == path || answersAt.StartsWith(path + "/", StringComparison.Ordinal);
            foreach (var broken in Replaced(root, path, matters, holds).Concat(Rearranged(root, path, matters, holds)))
            {
                yield return broken;
            }
        }
    }

    /// <summary>A good or broken answer with up to three more bytes changed, put in or taken out, or an end cut off.</summary>
    public static Gen<byte[]> Fuzzed(IReadOnlyList<byte[]> bodies) =>
        from body in Gen.Int[0, bodies.Count - 1].Select(i => bodies[i].Length == 0 ? [(byte)'['] : bodies[i])
        from edits in Gen.Select(Gen.Int[0, body.Length - 1], Gen.Int[0, 3], Gen.OneOf(Gen.Byte, Gen.OneOf("[]{},:\"0-.eE9N\\"u8.ToArray()))).Array[1, 3]
        select edits.Aggregate(body, (bytes, edit) => Edited(bytes, Math.Min(edit.Item1, Math.Max(bytes.Length - 1, 0)), edit.Item2, edit.Item3));

    private static byte[] Edited(byte[] bytes, int at, int edit, byte value) => edit switch
    {
        _ when bytes.Length == 0 => bytes,
        0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
        1 => [.. bytes[..at], value, .. bytes[at..]],
        2 => [.. bytes[..at], .. bytes[(at + 1)..]],
        _ => bytes[..at],
    };

    private static IEnumerable<BrokenAnswer> Wholes(byte[] good)
    {
        var text = Encoding.UTF8.GetString(good);
        foreach (var (kind, body) in Others)
        {
            yield return new BrokenAnswer(kind, Encoding.UTF8.GetBytes(body), true);
        }

        foreach (var tenth in Enumerable.Range(1, 9))
        {
            yield return new BrokenAnswer($"cut after {tenth} tenths", good[..(good.Length * tenth / 10)], true);
        }

        yield return new BrokenAnswer("last byte cut off", good[..^1], true);
        yield return new BrokenAnswer("first byte cut off", good[1..], true);
        yield return new BrokenAnswer("twice", [.. good, .. good], true);
        yield return new BrokenAnswer("UTF-16, little-endian", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], true);
        yield return new BrokenAnswer("UTF-16, big-endian", Encoding.BigEndianUnicode.GetBytes(text), true);
        yield return new BrokenAnswer("UTF-32", Encoding.UTF32.GetBytes(text), true);
        yield return new BrokenAnswer("byte order mark", [.. Encoding.UTF8.GetPreamble(), .. good], false);
        yield return new BrokenAnswer("a byte that is no UTF-8 at the end", [.. good, 0xFF], true);
        yield return new BrokenAnswer("a zero at the end", [.. good, 0], true);
        foreach (var (kind, broken) in new[]
        {
            ("garbage behind", text + "x"),
            ("bracket behind", text + "]"),
            ("comma behind", text + ","),
            ("another answer behind", text + "\n[]"),
            ("guard in front", ")]}',\n" + text),
            ("callback around", $"callback({text})"),
            ("comment in front", "/* ok */" + text),
            ("as a text", JsonSerializer.Serialize(text)),
            ("single quotes", "'" + text + "'"),
            ("as an event", $"data: {text}\n\n"),
        })
        {
            yield return new BrokenAnswer(kind, Encoding.UTF8.GetBytes(broken), true);
        }

        yield return new BrokenAnswer("in an array", Encoding.UTF8.GetBytes($"[{text}]"), false);
        yield return new BrokenAnswer("in an object", Encoding.UTF8.GetBytes($"{{\"value\":{text}}}"), false);
    }

    private static IEnumerable<BrokenAnswer> Replaced(JsonNode root, string path, bool matters, bool holds)
    {
        var isNumber = At(root, path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number;
        foreach (var raw in NoNumbers)
        {
            var body = With(root, path, raw);
            yield return new BrokenAnswer($"'{raw}' at {path}", body, matters || holds || !IsJson(body));
        }

        foreach (var raw in new[] { "-1", "7", "0.1234567890123456789", "16777217" })
        {
            // Another number where a number was is another answer.
            yield return new BrokenAnswer($"{raw} at {path}", With(root, path, raw), matters && !isNumber);
        }

        yield return new BrokenAnswer($"nested deep at {path}", With(root, path, new string('[', 70) + "1" + new string(']', 70)), true);
    }

    private static IEnumerable<BrokenAnswer> Rearranged(JsonNode root, string path, bool matters, bool holds)
    {
        var text = At(root, path)!.ToJsonString();
        yield return new BrokenAnswer($"array around {path}", With(root, path, $"[{text}]"), false);
        if (path.Length > 0)
        {
            yield return Changed("removed", root, path, matters || holds, (parent, key) => Remove(parent, key));
            yield return Changed("renamed", root, path, (matters || holds) && At(root, ParentOf(path)) is JsonObject, Rename);
            yield return new BrokenAnswer($"{path} twice", Twice(root, path, text), At(root, ParentOf(path)) is JsonObject || (matters && !holds));
        }

        if (At(root, path) is not JsonArray array)
        {
            yield break;
        }

        var items = array.Select(item => item?.ToJsonString() ?? "null").ToList();
        foreach (var (kind, changed, must) in new (string, IEnumerable<string>, bool)[]
        {
            ("without the first", items.Skip(1), matters),
            ("without the last", items.SkipLast(1), matters),
            ("one more of the last", items.Append(items[^1]), matters),
            ("a null more", items.Append("null"), matters),
            ("doubled", items.Concat(items), matters),
            ("reversed", items.AsEnumerable().Reverse(), false),
            ("all the first but as many", items.Select(_ => items[0]), false),
        })
        {
            yield return new BrokenAnswer($"{kind} of {path}", With(root, path, $"[{string.Join(',', changed)}]"), must);
        }

        if (array.All(row => row is JsonArray { Count: > 0 } && row[0] is JsonValue) && array[0]!.AsArray().Count != array.Count)
        {
            var turned = Enumerable.Range(0, array[0]!.AsArray().Count).Select(i => $"[{string.Join(',', array.Select(row => row![i]!.ToJsonString()))}]");
            yield return new BrokenAnswer($"rows and columns swapped of {path}", With(root, path, $"[{string.Join(',', turned)}]"), matters);
        }
    }

    private static BrokenAnswer Changed(string kind, JsonNode root, string path, bool must, Action<JsonNode, string> change)
    {
        var copy = root.DeepClone();
        change(At(copy, ParentOf(path))!, KeyOf(path));
        return new BrokenAnswer($"{kind} {path}", Encoding.UTF8.GetBytes(copy.ToJsonString()), must);
    }

    private static void Remove(JsonNode parent, string key)
    {
        if (parent is JsonArray array)
        {
            array.RemoveAt(Position(key));
        }
        else
        {
            parent.AsObject().Remove(key);
        }
    }

    private static void Rename(JsonNode parent, string key)
    {
        if (parent is JsonObject members)
        {
            var value = members[key];
            members.Remove(key);
            members[key + "x"] = value;
        }
    }

    /// <summary>The text of the tree with other text, JSON or not, at one place.</summary>
    private static byte[] With(JsonNode root, string path, string raw)
    {
        if (path.Length == 0)
        {
            return Encoding.UTF8.GetBytes(raw);
        }

        var copy = root.DeepClone();
        var parent = At(copy, ParentOf(path))!;
        Set(parent, KeyOf(path), JsonValue.Create(Mark));
        return Encoding.UTF8.GetBytes(copy.ToJsonString().Replace(JsonValue.Create(Mark).ToJsonString(), raw, StringComparison.Ordinal));
    }

    /// <summary>An array's item again behind itself, an object's member under the same name.</summary>
    private static byte[] Twice(JsonNode root, string path, string text) =>
        With(root, path, At(root, ParentOf(path)) is JsonArray ? $"{text},{text}" : $"{text},{JsonValue.Create(KeyOf(path)).ToJsonString()}:{text}");

    private static void Set(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray array)
        {
            array[Position(key)] = value;
        }
        else
        {
            parent[key] = value;
        }
    }

    private static IEnumerable<string> PathsOf(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => PathsOf(member.Value, $"{path}/{Escaped(member.Key)}")).Prepend(path),
        JsonArray items => items.SelectMany((item, i) => PathsOf(item, $"{path}/{i}")).Prepend(path),
        null => [],
        _ => [path],
    };

    private static JsonNode? At(JsonNode root, string path) =>
        path.Split('/').Skip(1).Aggregate((JsonNode?)root, (node, token) => node is JsonArray array ? array[Position(token)] : node![Unescaped(token)]);

    private static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    private static string KeyOf(string path) => Unescaped(path[(path.LastIndexOf('/') + 1)..]);

    private static int Position(string token) => int.Parse(token, CultureInfo.InvariantCulture);

    private static string Escaped(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Unescaped(string token) => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
