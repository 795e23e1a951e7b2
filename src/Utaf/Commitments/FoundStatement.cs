using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Utaf.Commitments;

/// <summary>A commitment as it was found.</summary>
/// <param name="Subjects">SHA-256 digests of the artifacts that it is about.</param>
/// <param name="Predicate">What it says.</param>
/// <param name="Signed">Whether it came in a signed envelope, whose signature was not checked.</param>
internal sealed record FoundStatement(IReadOnlyList<string> Subjects, CommitmentPredicate Predicate, bool Signed)
{
    /// <summary>
    /// Reads a statement as <see cref="Commitment.Make"/> writes it; or one in a DSSE envelope, or in a Sigstore bundle; or the one
    /// of our kind among the lines of such, which is what GitHub hands out.
    /// </summary>
    /// <exception cref="UtafException">UTAF1330 to UTAF1332.</exception>
    public static FoundStatement Read(byte[] bytes, string place)
    {
        try
        {
            var others = new List<string>();
            foreach (var value in Values(bytes))
            {
                var (statement, signed) = Unwrapped(value);
                if (statement.PredicateType == CommitmentPredicate.Type)
                {
                    return new(
                        [.. statement.Subject.Select(subject => subject.Digest.GetValueOrDefault("sha256")).OfType<string>()],
                        PredicateOf(statement, place),
                        signed);
                }

                others.Add(statement.PredicateType);
            }

            throw others is [var other, ..]
                ? Errors.OtherStatement(place, CommitmentPredicate.Type, Shown(other))
                : new JsonException("It is empty.");
        }
        catch (JsonException exception)
        {
            throw Errors.BadCommitment(place, Shown(exception.Message));
        }
    }

    private static CommitmentPredicate PredicateOf(InTotoStatement statement, string place)
    {
        var element = statement.Predicate;
        // Read before everything else: a newer format may have other keys.
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("formatVersion", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number < 1)
        {
            throw new JsonException("Its predicate has no formatVersion.");
        }

        if (number > CommitmentPredicate.CurrentFormatVersion)
        {
            throw Errors.CommitmentVersion(place, CommitmentPredicate.CurrentFormatVersion, number);
        }

        var predicate = Parsed(element, CommitmentJson.Readable.CommitmentPredicate);
        return predicate.Created is not null ? predicate : throw new JsonException("Its createdUtc is no time such as 2026-05-04T12:00:00Z.");
    }

    private static (InTotoStatement Statement, bool Signed) Unwrapped(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("It is no JSON object.");
        }

        if (value.TryGetProperty("dsseEnvelope", out var inner))
        {
            value = inner;
        }

        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("payload", out _))
        {
            return (Checked(Parsed(value, CommitmentJson.Readable.InTotoStatement)), false);
        }

        var envelope = Parsed(value, CommitmentJson.Readable.DsseEnvelope);
        return envelope.PayloadType == DsseEnvelope.InToto
            ? (Checked(JsonSerializer.Deserialize(envelope.Payload, CommitmentJson.Readable.InTotoStatement)), true)
            : throw new JsonException($"Its envelope holds {Shown(envelope.PayloadType)}, not {DsseEnvelope.InToto}.");
    }

    private static InTotoStatement Checked(InTotoStatement? statement) => statement switch
    {
        null => throw new JsonException("It is null."),
        { Type: not InTotoStatement.V1 } => throw new JsonException($"Its _type is {Shown(statement.Type)}, not {InTotoStatement.V1}."),
        _ => statement,
    };

    private static T Parsed<T>(JsonElement element, JsonTypeInfo<T> type)
        where T : class =>
        element.Deserialize(type) ?? throw new JsonException("It is null.");

    private static List<JsonElement> Values(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowMultipleValues = true });
        var values = new List<JsonElement>();
        while (reader.Read())
        {
            values.Add(JsonElement.ParseValue(ref reader));
        }

        return values;
    }

    /// <summary>Somebody else's text, fit for an error line.</summary>
    private static string Shown(string text)
    {
        var line = string.Concat(text.Where(letter =>
            char.IsLetterOrDigit(letter) || char.IsPunctuation(letter) || char.IsSymbol(letter) || letter == ' '));
        return line.Length <= 200 ? line : $"{line[..200]}…";
    }
}
