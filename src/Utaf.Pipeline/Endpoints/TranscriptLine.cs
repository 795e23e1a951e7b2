using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>One line of <c>transcript.jsonl</c>: exactly one of its parts is there.</summary>
internal sealed record TranscriptLine
{
    public TranscriptStart? Start { get; init; }

    public Sending? Sending { get; init; }

    public Exchange? Exchange { get; init; }

    public string? Note { get; init; }

    /// <summary>Null if this is no line of a transcript.</summary>
    public static TranscriptLine? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var line = JsonSerializer.Deserialize(bytes, TranscriptJson.Default.TranscriptLine);
            object?[] parts = [line?.Start, line?.Sending, line?.Exchange, line?.Note];
            return parts.Count(part => part is not null) == 1 && line?.Sending?.Queries is null or >= 0 ? line : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The first line: what the transcript is of.</summary>
/// <param name="Format">Version of the transcript's format, 1.</param>
/// <param name="Suspect">The suspect's name.</param>
/// <param name="Url">Its address, without query string and user information.</param>
/// <param name="PairSha256">The pair's identity.</param>
/// <param name="QuestionSha256">See <see cref="Question"/>.</param>
/// <param name="CreatedUtc">When it was begun.</param>
internal sealed record TranscriptStart(
    int Format, string Suspect, string Url, string PairSha256, string QuestionSha256, DateTimeOffset CreatedUtc);

/// <summary>Written before a request goes out: one without an <see cref="Exchange"/> of its number was interrupted, but it counts.</summary>
internal sealed record Sending(int Number, int Attempt, string Url, DateTimeOffset SentUtc, int Queries, string RequestSha256);

/// <summary>Everything that decides what an answer means; answers to another question cannot be used again.</summary>
internal sealed record Question(string PairSha256, Uri Url, string? Protocol, RequestSettings Request, ResponseSettings Response);

/// <summary>One line of <c>answers.jsonl</c>: exactly one of its parts is there.</summary>
internal sealed record AnswerLine
{
    /// <summary>The first line: SHA-256 of the <see cref="Endpoints.Question"/>.</summary>
    public string? QuestionSha256 { get; init; }

    public AnsweredBatch? Batch { get; init; }

    public OrderFinding? Order { get; init; }
}

/// <summary>The answers of one request.</summary>
/// <param name="Examples">Which of the fingerprint's inputs were asked, from 0, in the request's order.</param>
/// <param name="Width">d_out.</param>
/// <param name="Rows">float32, little-endian, [Examples, Width], in base64.</param>
internal sealed record AnsweredBatch(int[] Examples, int Width, string Rows);

/// <summary>Reads the evidence's JSON: one object a line, generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TranscriptLine))]
[JsonSerializable(typeof(AnswerLine))]
internal sealed partial class TranscriptJson : JsonSerializerContext;

/// <summary>Writes what <see cref="TranscriptJson"/> reads, see <see cref="CompiledJson"/>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TranscriptLine))]
[JsonSerializable(typeof(AnswerLine))]
[JsonSerializable(typeof(Question))]
internal sealed partial class WrittenTranscriptJson : JsonSerializerContext;
