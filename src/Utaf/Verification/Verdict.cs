using System.Text.Json.Serialization;
using Utaf.Fingerprints;
using static System.FormattableString;

namespace Utaf.Verification;

/// <summary>What a verification decides.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decision>))]
public enum Decision
{
    /// <summary>The suspect does not match the target model.</summary>
    [JsonStringEnumMemberName("noPiracySuspected")]
    NoPiracySuspected,

    /// <summary>The suspect matches the target model.</summary>
    [JsonStringEnumMemberName("piracySuspected")]
    PiracySuspected,

    /// <summary>Too few answers, or next to the same to all inputs, or too little evidence for the asked significance.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>The result of one verification; it holds nothing secret.</summary>
/// <param name="Suspect">The suspect's name.</param>
/// <param name="Model">The target model.</param>
/// <param name="PairSha256">The pair's identity.</param>
/// <param name="MatchingRate">p₊ in [0, 1]; null if the suspect could not be scored.</param>
/// <param name="Threshold">ρ in [0, 1]: the matching rate must be above.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="PValue">Conformal p-value in (0, 1]; null if the suspect could not be scored.</param>
/// <param name="PValueFloor">The smallest p-value that the pair's held-out negatives can give, in (0, 1].</param>
/// <param name="Significance">The asked significance in (0, 1); null if none was asked.</param>
/// <param name="Asked">Inputs sent.</param>
/// <param name="Answered">Inputs answered.</param>
/// <param name="QueryDigest">SHA-256 of the inputs as sent: float32, little-endian, [N, InputShape...].</param>
/// <param name="AnswerDigest">
/// SHA-256 of the answers as received: float32, little-endian, [N, d_out]; a missing row is filled with the quiet NaN 0x7FC00000.
/// </param>
/// <param name="OutputReading">How the answers were read: "probabilities", "logProbabilities", "logits" or "raw".</param>
public sealed record Verdict(
    string Suspect,
    ModelIdentity Model,
    string PairSha256,
    double? MatchingRate,
    double Threshold,
    Decision Decision,
    string Reason,
    double? PValue,
    double PValueFloor,
    double? Significance,
    int Asked,
    int Answered,
    string QueryDigest,
    string AnswerDigest,
    string OutputReading)
{
    /// <summary>What a command that ends with this verdict returns: 0, 1 or 4.</summary>
    public ExitCode ExitCode => Decision switch
    {
        Decision.NoPiracySuspected => ExitCode.NoPiracySuspected,
        Decision.PiracySuspected => ExitCode.PiracySuspected,
        _ => ExitCode.Inconclusive,
    };

    /// <summary>This verdict as one of several: a suspicion whose adjusted p-value is above the asked significance is inconclusive.</summary>
    /// <param name="adjustedPValue">In (0, 1], see <see cref="Metrics.Holm"/>.</param>
    /// <param name="tests">How many verdicts the correction is over.</param>
    public Verdict AfterCorrection(double adjustedPValue, int tests) =>
        Decision == Decision.PiracySuspected && adjustedPValue > Significance
            ? this with { Decision = Decision.Inconclusive, Reason = Invariant($"The matching rate {MatchingRate:0.######} is above the threshold {Threshold:0.######}, but its p-value, adjusted by Holm's correction for {tests} verifications to {adjustedPValue:0.######}, is above the asked significance {Significance:0.######}.") }
            : this;
}
