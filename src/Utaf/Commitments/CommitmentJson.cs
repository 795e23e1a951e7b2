using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Utaf.Commitments;

/// <summary>An in-toto Statement v1: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md.</summary>
/// <param name="Type">Always <see cref="V1"/>.</param>
/// <param name="Subject">What the statement is about.</param>
/// <param name="PredicateType">What kind of statement it is.</param>
/// <param name="Predicate">What it says.</param>
internal sealed record InTotoStatement(
    [property: JsonPropertyName("_type")] string Type,
    IReadOnlyList<InTotoSubject> Subject,
    string PredicateType,
    JsonElement Predicate)
{
    public const string V1 = "https://in-toto.io/Statement/v1";
}

/// <param name="Digest">Digests by algorithm.</param>
/// <param name="Name">For people.</param>
internal sealed record InTotoSubject(IReadOnlyDictionary<string, string> Digest, [property: JsonPropertyOrder(-1)] string? Name = null);

/// <summary>A signed statement: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md.</summary>
/// <param name="PayloadType">What the payload is.</param>
/// <param name="Payload">Base64.</param>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload)
{
    public const string InToto = "application/vnd.in-toto+json";
}

/// <summary>
/// The JSON around a commitment: generated code, so that it costs no reflection. Unknown keys are left out, as in-toto asks; a key
/// that stands twice is an error, because readers would differ in which one counts.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(InTotoStatement))]
[JsonSerializable(typeof(DsseEnvelope))]
[JsonSerializable(typeof(CommitmentPredicate))]
internal sealed partial class CommitmentJson : JsonSerializerContext
{
    /// <summary>Letters beyond ASCII stay letters.</summary>
    public static CommitmentJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
