using System.Buffers.Binary;
using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>OpenAI's embeddings API. Its inputs are texts; of numbers it takes tokens, so only pairs of whole numbers fit.</summary>
internal sealed class OpenAIEmbeddings : JsonProtocol
{
    private const string Numbers = "float", Base64 = "base64";

    private readonly string model;
    private readonly string format;

    /// <param name="setup">The url is that of the API, <c>…/v1</c>, with <c>/embeddings</c> or without.</param>
    public OpenAIEmbeddings(ProtocolSetup setup)
        : base(setup)
    {
        model = setup.Request.Model
            ?? throw Errors.SettingMissing(setup.Origin, setup.Protocol, "request.model", "the name of the embedding model");
        format = setup.Form(Numbers, Numbers, Base64);
        setup.RequireEncoding(InputWriter.Numbers, setup.Protocol);
        Address = ProtocolSetup.Extended(ProtocolSetup.Without(setup.Url, "/embeddings"), "/embeddings");
    }

    public override Uri Address { get; }

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WritePropertyName("input");
        Setup.Inputs.WriteAll(writer, batch, input =>
        {
            writer.WriteStartArray();
            for (var i = 0; i < input.Length; i++)
            {
                var token = Setup.Inputs.Scaled(input.Span[i]);
                if (token < 0 || token >= int.MaxValue || token != MathF.Floor(token))
                {
                    throw Errors.NotTokens(Setup.Suspect, i, token);
                }

                writer.WriteNumberValue((int)token);
            }

            writer.WriteEndArray();
        });
        writer.WriteString("encoding_format", format);
        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch)
    {
        var data = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var listed) ? listed : answer;
        if (answer.ValueKind != JsonValueKind.Object || data.ValueKind != JsonValueKind.Array || data.GetArrayLength() != batch.Count)
        {
            throw new BadAnswerException($"expected an object with {batch.Count} embedding(s) in 'data', found {Found.Kind(data)}");
        }

        var rows = new float[batch.Count][];
        foreach (var embedding in data.EnumerateArray())
        {
            if (embedding.ValueKind != JsonValueKind.Object || !embedding.TryGetProperty("index", out var index) || !embedding.TryGetProperty("embedding", out var numbers))
            {
                throw new BadAnswerException($"expected an object with 'index' and 'embedding', found {Found.Kind(embedding)}");
            }

            if (index.ValueKind != JsonValueKind.Number || !index.TryGetInt32(out var place) || place < 0 || place >= rows.Length || rows[place] is not null)
            {
                throw new BadAnswerException($"expected each index from 0 to {rows.Length - 1} once, found another");
            }

            rows[place] = Row(numbers, place);
        }

        return rows;
    }

    private float[] Row(JsonElement embedding, int answer)
    {
        if (embedding.ValueKind != JsonValueKind.String)
        {
            return Setup.Answers.Flat(embedding, 1)[0];
        }

        // float32, little-endian.
        if (!embedding.TryGetBytesFromBase64(out var bytes) || bytes.Length % sizeof(float) != 0 || bytes.Length == 0)
        {
            throw new BadAnswerException($"the embedding of answer {answer} is no base64 of float32 numbers");
        }

        if (bytes.Length != Setup.Width * sizeof(float))
        {
            throw new BadAnswerException($"expected {Setup.Width} number(s) in each answer, found {bytes.Length / sizeof(float)}") { Width = bytes.Length / sizeof(float) };
        }

        var row = new float[Setup.Width];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
            if (!float.IsFinite(row[i]))
            {
                throw new BadAnswerException($"answer {answer} has a number that is not finite");
            }
        }

        return row;
    }
}
