using System.Text.Json;
using System.Text.Json.Nodes;
using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>The simplest protocol: an array of inputs gives an array of answers in the same order.</summary>
internal sealed class PlainProtocol(Uri address, int inputSize, int outputWidth) : IPredictionProtocol
{
    public string Name => "plain";

    public Uri Address => address;

    public Uri? DescriptionAddress { get; init; }

    public int? MaxBatch { get; init; }

    /// <summary>The inputs in a request's body.</summary>
    public static float[][] Inputs(byte[] body) => JsonSerializer.Deserialize<float[][]>(body)!;

    public void CheckDescription(JsonElement description)
    {
        if (description.ValueKind != JsonValueKind.Object)
        {
            throw new BadAnswerException("expected an object");
        }

        if (description.GetProperty("inputs").GetInt32() is var found && found != inputSize)
        {
            throw Errors.SuspectInput("suspect", $"{inputSize} numbers", $"takes {found} numbers");
        }
    }

    public PredictionRequest Encode(QueryBatch batch) =>
        new(JsonSerializer.SerializeToUtf8Bytes(batch.Values.ToArray().Chunk(inputSize).ToArray()));

    public float[][] Decode(ReadOnlyMemory<byte> body, QueryBatch batch)
    {
        try
        {
            var rows = JsonNode.Parse(body.Span)!.AsArray().Select(row => row.Deserialize<float[]>()!).ToArray();
            return rows.Length != batch.Count ? throw new BadAnswerException($"expected {batch.Count} answers, found {rows.Length}")
                : rows.FirstOrDefault(row => row.Length != outputWidth) is { } wrong ? throw new BadAnswerException($"expected {outputWidth} numbers, found {wrong.Length}") { Width = wrong.Length }
                : rows;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BadAnswerException("it is no JSON array of arrays of numbers");
        }
    }
}
