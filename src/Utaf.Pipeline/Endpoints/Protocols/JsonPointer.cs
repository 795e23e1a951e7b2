using System.Globalization;
using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>A place in a JSON document (RFC 6901).</summary>
internal sealed class JsonPointer
{
    private readonly string text;
    private readonly string[] tokens;

    private JsonPointer(string text, string[] tokens)
    {
        this.text = text;
        this.tokens = tokens;
    }

    /// <summary>Reads a pointer.</summary>
    /// <returns>Null if the text is none: it neither is empty nor begins with '/', or has a '~' that is neither '~0' nor '~1'.</returns>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/')
        {
            return null;
        }

        for (var i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
        {
            if (i + 1 == text.Length || text[i + 1] is not ('0' or '1'))
            {
                return null;
            }
        }

        // In this order: '~01' is '~1', not '/'.
        return new JsonPointer(
            text, [.. text[1..].Split('/').Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]);
    }

    /// <summary>The value at this place.</summary>
    /// <exception cref="BadAnswerException">There is none.</exception>
    public JsonElement In(JsonElement root)
    {
        var current = root;
        foreach (var token in tokens)
        {
            current = Step(current, token)
                ?? throw new BadAnswerException($"expected the answers at {this}, but there is no '{token}' in {Found.Kind(current)}");
        }

        return current;
    }

    /// <inheritdoc/>
    public override string ToString() => text.Length == 0 ? "the top" : text;

    private static JsonElement? Step(JsonElement element, string token) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty(token, out var member) ? member : null,
        JsonValueKind.Array => Position(token) is { } position && position < element.GetArrayLength() ? element[position] : null,
        _ => null,
    };

    /// <summary>Digits without leading zeros. "-" is the place after the last one, where nothing is.</summary>
    private static int? Position(string token) =>
        token is "0" || (token.Length > 0 && token[0] != '0' && token.All(char.IsAsciiDigit))
            ? int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null
            : null;
}
