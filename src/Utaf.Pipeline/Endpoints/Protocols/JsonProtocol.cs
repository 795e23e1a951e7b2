using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>A protocol whose bodies are JSON: what all of them have in common.</summary>
internal abstract class JsonProtocol(ProtocolSetup setup) : IPredictionProtocol
{
    // Base64 has '+', which the default encoder escapes for the sake of web pages.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Name => setup.Protocol;

    /// <inheritdoc/>
    public abstract Uri Address { get; }

    /// <inheritdoc/>
    public virtual Uri? DescriptionAddress => null;

    /// <inheritdoc/>
    public virtual bool DescriptionIsOptional => false;

    /// <inheritdoc/>
    public virtual int? MaxBatch => null;

    /// <inheritdoc/>
    public string? Note => Setup.Inputs.Note;

    protected ProtocolSetup Setup => setup;

    /// <inheritdoc/>
    public void CheckDescription(JsonElement description) => JsonBody.Guarded(() =>
    {
        Check(description);
        return true;
    });

    /// <inheritdoc/>
    public virtual PredictionRequest Encode(QueryBatch batch) => new(Written(writer => Write(writer, batch)));

    /// <inheritdoc/>
    public float[][] Decode(ReadOnlyMemory<byte> body, QueryBatch batch) => JsonBody.Read(body, answer => Read(answer, batch));

    /// <summary>What an action writes.</summary>
    protected static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Checks the model's description.</summary>
    protected virtual void Check(JsonElement description)
    {
    }

    /// <summary>Writes a request's body.</summary>
    protected abstract void Write(Utf8JsonWriter writer, QueryBatch batch);

    /// <summary>Reads an answer's body.</summary>
    protected abstract float[][] Read(JsonElement answer, QueryBatch batch);
}
