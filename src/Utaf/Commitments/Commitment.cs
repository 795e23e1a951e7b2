using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Commitments;

/// <summary>
/// A public promise about a secret pair, made when the model is released: an in-toto Statement v1 whose subject is the model
/// artifact and whose predicate binds its maker to one pair, its threshold and its honest models. It does not reveal the pair,
/// and the pair alone opens it. Fields and reasons: docs/commitment.md.
/// </summary>
public static class Commitment
{
    /// <summary>The usual ending of the file's name.</summary>
    public const string Extension = ".intoto.json";

    /// <summary>The in-toto predicate type of a commitment.</summary>
    public const string PredicateType = CommitmentPredicate.Type;

    /// <summary>Commits to a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="pairBytes">Its file, which <paramref name="pair"/> was read from or written to.</param>
    /// <param name="time">Now; kept to the second, in UTC.</param>
    /// <param name="artifactName">The model file's name, for people: only its digest counts.</param>
    /// <returns>The statement as JSON in UTF-8, ending with a line end; the same arguments give the same bytes.</returns>
    public static byte[] Make(FingerprintPair pair, byte[] pairBytes, DateTimeOffset time, string artifactName)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(pairBytes);
        var json = CommitmentJson.Readable;
        var subject = new InTotoSubject(new Dictionary<string, string> { ["sha256"] = pair.Manifest.Model.ArtifactSha256 }, artifactName);
        var predicate = JsonSerializer.SerializeToElement(CommitmentPredicate.Of(pair, pairBytes, time), json.CommitmentPredicate);
        return
        [
            .. JsonSerializer.SerializeToUtf8Bytes(
                new InTotoStatement(InTotoStatement.V1, [subject], PredicateType, predicate), json.InTotoStatement),
            (byte)'\n',
        ];
    }

    /// <summary>Opens a commitment with a pair: tells whether it is to this pair, and how old it is.</summary>
    /// <param name="statement">
    /// What <see cref="Make"/> made; bare, in a DSSE envelope, or in a Sigstore bundle. A signature is not checked.
    /// </param>
    /// <param name="pair">The pair.</param>
    /// <param name="pairBytes">Its file.</param>
    /// <param name="firstQuery">When the suspect got its first query; null if it got none.</param>
    /// <param name="place">Where the statement comes from, for the report and for errors.</param>
    /// <exception cref="UtafException">UTAF1330: no in-toto statement. UTAF1331: one of another kind. UTAF1332: a newer format.</exception>
    public static CommitmentCheck Check(
        byte[] statement, FingerprintPair pair, byte[] pairBytes, DateTimeOffset? firstQuery, string place)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(pairBytes);
        return Check(FoundStatement.Read(statement, place), pair, pairBytes, firstQuery, place);
    }

    internal static CommitmentCheck Check(
        FoundStatement found, FingerprintPair pair, byte[] pairBytes, DateTimeOffset? firstQuery, string place)
    {
        var created = found.Predicate.Created!.Value;
        var differences = Differences(found, CommitmentPredicate.Of(pair, pairBytes, created), pair.Manifest.Model.ArtifactSha256);
        return new(
            place,
            differences.Count == 0,
            created,
            firstQuery is { } query ? created < query : null,
            differences.Count == 0
                ? $"It commits to this pair and model file, ρ, N and the held-out honest models, and is unaltered. {TrustIn(found)}"
                : $"It differs in {string.Join("; in ", differences)}. Nothing follows from its time.");
    }

    private static List<string> Differences(FoundStatement found, CommitmentPredicate expected, string artifactSha256)
    {
        var (said, differences) = (found.Predicate, new List<string>());
        Compare(found.Subjects.Contains(artifactSha256), "the model file: no subject has its SHA-256");
        Compare(said.Model == expected.Model, "the model's name or version");
        Compare(said.Pair.SaltedSha256 == expected.Pair.SaltedSha256, "the pair: it commits to another one");
        Compare(said.Pair.Examples == expected.Pair.Examples, FormattableString.Invariant(
            $"N: it says {said.Pair.Examples}, the pair {expected.Pair.Examples}"));
        Compare(said.Pair.Threshold == expected.Pair.Threshold, FormattableString.Invariant(
            $"ρ: it says {said.Pair.Threshold}, the pair {expected.Pair.Threshold}"));
        Compare(said.Negatives == expected.Negatives, "the held-out honest models: their number, names, matching rates or plan");
        Compare(said.Tool == expected.Tool, "the tool");

        // What is left is the time, and the seal itself. Before that, the seal of a statement that says something else says nothing.
        Compare(differences.Count > 0 || said.Seal == expected.Seal, "its time or its seal, altered after it was made");
        return differences;

        void Compare(bool same, string otherwise)
        {
            if (!same)
            {
                differences.Add(otherwise);
            }
        }
    }

    private static string TrustIn(FoundStatement found) => found.Signed
        ? "It is signed; the signature was not checked here (gh attestation verify does), and the signing time counts, not the one inside."
        : "Its time is its maker's word alone: a signature, a transparency log or a public repository would vouch for it.";
}
