using System.Globalization;
using System.Text.Json.Serialization;
using Utaf.Fingerprints;

namespace Utaf.Commitments;

/// <summary>What a commitment says of a pair, besides the model artifact that it is about: see docs/commitment.md.</summary>
/// <param name="FormatVersion"><see cref="CurrentFormatVersion"/> when written by this version.</param>
/// <param name="Model">The target model.</param>
/// <param name="Pair">The pair.</param>
/// <param name="Negatives">The honest models that a suspect will be compared with.</param>
/// <param name="Tool">What made the pair.</param>
/// <param name="CreatedUtc">When the statement was made, as <see cref="TimeFormat"/>.</param>
/// <param name="Seal">HMAC-SHA256 of all the rest and the artifact, hexadecimal.</param>
internal sealed record CommitmentPredicate(
    int FormatVersion,
    CommittedModel Model,
    CommittedPair Pair,
    CommittedNegatives Negatives,
    CommittedTool Tool,
    string CreatedUtc,
    string Seal)
{
    public const int CurrentFormatVersion = 1;

    /// <summary>
    /// A name of our own that needs no host of our own: a random UUID (RFC 9562) as URN, and for readers what it is (RFC 8141, 2.3.3).
    /// </summary>
    public const string Type = "urn:uuid:eaa59536-d04e-4bad-be82-908638784c96#utaf-commitment/v1";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary><see cref="CreatedUtc"/>, to the second; null where it is no such time.</summary>
    [JsonIgnore]
    public DateTimeOffset? Created => DateTimeOffset.TryParseExact(
        CreatedUtc, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Says of a pair what is to be said.</summary>
    public static CommitmentPredicate Of(FingerprintPair pair, byte[] pairBytes, DateTimeOffset time)
    {
        var manifest = pair.Manifest;
        var secrets = CommitmentSecrets.Of(pairBytes);
        var predicate = new CommitmentPredicate(
            CurrentFormatVersion,
            new(manifest.Model.Name, manifest.Model.Version),
            new(secrets.SaltedSha256(pairBytes), manifest.Examples, manifest.Threshold),
            new(manifest.HeldOut.Members.Count(member => !member.Stolen), CommitmentSecrets.NegativesSha256(manifest)),
            new("utaf", manifest.ToolVersion),
            time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            Seal: "");
        return predicate with { Seal = secrets.Seal(predicate, manifest.Model.ArtifactSha256) };
    }
}

/// <param name="Name">The model's name in the store.</param>
/// <param name="Version">The released version.</param>
internal sealed record CommittedModel(string Name, string Version);

/// <param name="SaltedSha256">SHA-256 of a salt that only the pair gives, and the pair's file.</param>
/// <param name="Examples">N.</param>
/// <param name="Threshold">ρ in [0, 1].</param>
internal sealed record CommittedPair(string SaltedSha256, int Examples, double Threshold);

/// <param name="HeldOut">How many honest models were held out for the test.</param>
/// <param name="Sha256">Over their names, their matching rates and the ensemble's plan.</param>
internal sealed record CommittedNegatives(int HeldOut, string Sha256);

/// <param name="Name">utaf.</param>
/// <param name="Version">The version that made the pair.</param>
internal sealed record CommittedTool(string Name, string Version);
