using System.Text.Json;

namespace Utaf.Endpoints;

/// <summary>
/// One protocol of prediction APIs: how inputs become a request's body, and how a response's body becomes rows. It knows no
/// network: sending, retrying and counting are the suspect's.
/// </summary>
public interface IPredictionProtocol
{
    /// <summary>The name in <c>utaf.json</c>, such as <c>open-inference</c>.</summary>
    public string Name { get; }

    /// <summary>Where batches are posted.</summary>
    public Uri Address { get; }

    /// <summary>Where the model describes its tensors; null where the protocol has no description.</summary>
    public Uri? DescriptionAddress { get; }

    /// <summary>Whether services of this protocol may have no description: that nothing is found there (HTTP 404) then says nothing.</summary>
    public bool DescriptionIsOptional => false;

    /// <summary>What a reader of the evidence should know of how inputs are changed on their way; null: they are not. Known after <see cref="CheckDescription"/>.</summary>
    public string? Note => null;

    /// <summary>The most inputs in one request, at least 1; null where the protocol sets no limit.</summary>
    public int? MaxBatch { get; }

    /// <summary>Checks the model's description against the pair, before any query.</summary>
    /// <exception cref="UtafException">
    /// UTAF1601, UTAF1602: the suspect takes or gives tensors of another shape. UTAF1620: there are several. UTAF1624: of another type.
    /// </exception>
    /// <exception cref="BadAnswerException">This is no description.</exception>
    public void CheckDescription(JsonElement description);

    /// <summary>The request's body for some inputs.</summary>
    /// <exception cref="UtafException">UTAF1619, UTAF1624: the API takes whole numbers only, and the inputs have others.</exception>
    public PredictionRequest Encode(QueryBatch batch);

    /// <summary>The answers in a response's body.</summary>
    /// <param name="body">The response's bytes, already within the size limit.</param>
    /// <param name="batch">What was asked.</param>
    /// <returns>One row of d_out finite numbers for each input of the batch, in the batch's order.</returns>
    /// <exception cref="BadAnswerException">The body is no such answer: not JSON, too few rows, another width, NaN.</exception>
    public float[][] Decode(ReadOnlyMemory<byte> body, QueryBatch batch);
}

/// <summary>Some of the fingerprint's inputs, to be sent in one request.</summary>
/// <param name="Id">Says which request it is; echoed by protocols that have a place for it.</param>
/// <param name="Values">The inputs, row-major, [Count, InputShape...].</param>
/// <param name="Count">Inputs in the batch, at least 1.</param>
public sealed record QueryBatch(string Id, ReadOnlyMemory<float> Values, int Count);

/// <summary>A request's body.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="ContentType">Such as <c>application/json</c>.</param>
public sealed record PredictionRequest(byte[] Body, string ContentType = "application/json");

/// <summary>A response that holds no answers to what was asked. The suspect's text in it is shortened and freed of control characters.</summary>
/// <param name="reason">What was expected and what was found, in one sentence.</param>
public sealed class BadAnswerException(string reason) : Exception(reason)
{
    /// <summary>d_out as the suspect has it, where rows of another width are what is wrong.</summary>
    public int? Width { get; init; }
}
