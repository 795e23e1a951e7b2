using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Utaf.Endpoints.Protocols;

/// <summary>A response's body as JSON (RFC 8259), read by someone who trusts none of it.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 64;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadAnswerException">It is no JSON, or not what <paramref name="read"/> expects.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        // Some servers write a byte order mark, which means nothing in UTF-8.
        body = body.Span.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        using var document = Parse(body);
        return Guarded(() => read(document.RootElement));
    }

    /// <summary>Reads a part of a document that was parsed elsewhere.</summary>
    /// <exception cref="BadAnswerException">It is not what <paramref name="read"/> expects.</exception>
    public static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or JsonException)
        {
            // Half of a surrogate pair, escaped: valid UTF-8 and JSON, but no text.
            throw new BadAnswerException("a text in it is no Unicode");
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw new BadAnswerException("it is no JSON: its bytes are not UTF-8");
        }

        try
        {
            return Parse(body, allowDuplicates: false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BadAnswerException(WhyNot(body, exception as JsonException));
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body, bool allowDuplicates) =>
        JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = allowDuplicates });

    private static string WhyNot(ReadOnlyMemory<byte> body, JsonException? exception)
    {
        var text = body.Span.Trim(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            return "it is empty";
        }

        if (text[0] == '<')
        {
            return "it is no JSON but a web page, or XML";
        }

        var (bare, depth) = Scan(text);
        return bare is not null ? $"it has a bare {bare}, which is no JSON: the model gave a number that is not finite"
            : depth > MaxDepth ? $"it is nested deeper than {MaxDepth}"
            : HasDuplicates(body) ? "an object in it has a name twice"
            : $"it is no JSON (line {exception?.LineNumber + 1}, byte {exception?.BytePositionInLine + 1})";
    }

    private static bool HasDuplicates(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = Parse(body, allowDuplicates: true);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The first NaN or infinity outside of texts, and how deep the brackets go.</summary>
    private static (string? Bare, int Depth) Scan(ReadOnlySpan<byte> text)
    {
        var (depth, deepest) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                i = EndOfText(text, i);
            }
            else if (char.IsAsciiLetter((char)text[i]))
            {
                var length = 1;
                while (i + length < text.Length && char.IsAsciiLetter((char)text[i + length]))
                {
                    length++;
                }

                var word = Encoding.ASCII.GetString(text.Slice(i, Math.Min(length, 10)));
                if (word.ToUpperInvariant() is "NAN" or "INFINITY" or "INF")
                {
                    return (word, deepest);
                }

                i += length - 1;
            }
            else if (text[i] is (byte)'[' or (byte)'{')
            {
                deepest = Math.Max(deepest, ++depth);
            }
            else if (text[i] is (byte)']' or (byte)'}')
            {
                depth--;
            }
        }

        return (null, deepest);
    }

    private static int EndOfText(ReadOnlySpan<byte> text, int start)
    {
        var i = start + 1;
        while (i < text.Length && text[i] != '"')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
