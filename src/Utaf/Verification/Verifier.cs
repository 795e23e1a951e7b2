using System.Globalization;
using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Verification;

/// <summary>Verifies suspects with one fingerprinting pair.</summary>
/// <param name="pair">The pair.</param>
/// <param name="pairSha256">SHA-256 of the pair's file, for the verdict.</param>
public sealed class Verifier(FingerprintPair pair, string pairSha256)
{
    private readonly IReadOnlyCollection<double> negatives =
        [.. pair.Manifest.HeldOut.Members.Where(member => !member.Stolen).Select(member => member.MatchingRate)];

    /// <summary>Sends the fingerprint to a suspect and judges its answers.</summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="significance">The largest p-value that counts as piracy, in (0, 1); null: the threshold alone decides.</param>
    /// <param name="cancellationToken">Stops the querying.</param>
    /// <returns>A verdict; <see cref="Decision.Inconclusive"/> if an answer is missing, if all are next to the same where only their differences are read, or if the significance is not reached.</returns>
    /// <exception cref="UtafException">
    /// UTAF1001: significance outside (0, 1). UTAF1601: the suspect's answers have another width. UTAF1603: NaN or infinity.
    /// </exception>
    public async Task<Verdict> VerifyAsync(ISuspect suspect, double? significance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        if (significance is { } asked && !(asked > 0 && asked < 1))
        {
            throw Errors.BadOption("--significance", Number(asked), "a number in (0, 1)");
        }

        var outputs = await suspect.QueryAsync(pair.Fingerprint, cancellationToken).ConfigureAwait(false);
        CheckAnswers(suspect, outputs);
        return Judge(suspect.Name, outputs, significance);
    }

    private void CheckAnswers(ISuspect suspect, SuspectOutputs outputs)
    {
        var expected = pair.Manifest.Output.Width;
        if (outputs.Answered > 0 && outputs.Width != expected)
        {
            throw Errors.SuspectWidth(suspect.Name, expected, outputs.Width);
        }

        for (var i = 0; i < outputs.Rows.Count; i++)
        {
            if (outputs.Rows[i] is { } row && !Array.TrueForAll(row, float.IsFinite))
            {
                throw Errors.SuspectNotFinite(suspect.Name, i);
            }
        }
    }

    private Verdict Judge(string name, SuspectOutputs outputs, double? significance)
    {
        var (read, reading) = Read(outputs);
        var complete = outputs.Answered == pair.Fingerprint.Count && outputs.Rows.Count == outputs.Answered;
        var answers = complete ? Concatenated(read) : [];
        var saysNothing = complete && pair.Verifier.Reading?.SaysNothing(answers) == true;
        double? score = complete && !saysNothing ? Score(answers) : null;
        double? pValue = score is { } scored ? ConformalPValue.Of(scored, negatives) : null;
        var (decision, reason) = score is { } rate
            ? Decide(rate, pValue!.Value, significance)
            : (Decision.Inconclusive, WhyNotScored(outputs, saysNothing));

        return new Verdict(
            name,
            pair.Manifest.Model,
            pairSha256,
            score,
            pair.Manifest.Threshold,
            decision,
            reason,
            pValue,
            ConformalPValue.Floor(negatives.Count),
            significance,
            Asked: pair.Fingerprint.Count,
            outputs.Answered,
            Digests.Of(pair.Fingerprint.Values),
            Digests.Of(outputs),
            reading);
    }

    private (SuspectOutputs Outputs, string Reading) Read(SuspectOutputs outputs)
    {
        if (pair.Manifest.Output.Space == OutputSpace.Raw)
        {
            return (outputs, "raw");
        }

        var kind = outputs.Kind ?? OutputReading.Recognise(outputs);
        return (OutputReading.AsProbabilities(outputs, kind), JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()));
    }

    /// <summary>Null where the answers are finite but so large that the score is not.</summary>
    private double? Score(float[] answers)
    {
        var logOdds = pair.Verifier.LogOdds(answers);
        return double.IsFinite(logOdds) ? MetaVerifier.MatchingRate(logOdds) : null;
    }

    private static float[] Concatenated(SuspectOutputs outputs)
    {
        var concatenated = new float[outputs.Rows.Count * outputs.Width];
        for (var i = 0; i < outputs.Rows.Count; i++)
        {
            outputs.Rows[i]!.CopyTo(concatenated, i * outputs.Width);
        }

        return concatenated;
    }

    private (Decision Decision, string Reason) Decide(double score, double pValue, double? significance)
    {
        var threshold = pair.Manifest.Threshold;
        var floor = ConformalPValue.Floor(negatives.Count);
        if (significance < floor)
        {
            var needed = ConformalPValue.NegativesNeeded(significance.Value).ToString("0", CultureInfo.InvariantCulture);
            return (Decision.Inconclusive,
                $"The asked significance {Number(significance.Value)} is below {Number(floor)}, the smallest p-value that the pair's {negatives.Count} held-out negatives can give; {needed} would be needed.");
        }

        if (score <= threshold)
        {
            return (Decision.NoPiracySuspected, $"The matching rate {Number(score)} is not above the threshold {Number(threshold)}.");
        }

        return pValue > significance
            ? (Decision.Inconclusive, $"The matching rate {Number(score)} is above the threshold {Number(threshold)}, but its p-value {Number(pValue)} is above the asked significance {Number(significance.Value)}.")
            : (Decision.PiracySuspected, $"The matching rate {Number(score)} is above the threshold {Number(threshold)} (p-value {Number(pValue)} from {negatives.Count} held-out negatives).");
    }

    private string WhyNotScored(SuspectOutputs outputs, bool saysNothing)
    {
        var asked = pair.Fingerprint.Count;
        if (outputs.Rows.Count > asked)
        {
            return $"The suspect gave {outputs.Rows.Count} answers to {asked} inputs, so they cannot be matched.";
        }

        if (outputs.Answered < asked)
        {
            return $"The suspect answered {outputs.Answered} of {asked} inputs; all are needed. {outputs.WhyMissing}".TrimEnd();
        }

        return saysNothing
            ? $"The suspect gave next to the same answer to all {asked} inputs, and this pair reads how answers differ. Check that the inputs reach its model."
            : "The suspect's answers are so large that no matching rate can be computed.";
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
