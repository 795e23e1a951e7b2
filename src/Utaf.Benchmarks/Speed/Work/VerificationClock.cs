using System.Diagnostics;
using Utaf.Fingerprints;
using Utaf.Metrics;
using Utaf.Verification;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Times Stage 3 from the pair's file to the curve over all suspects.</summary>
internal static class VerificationClock
{
    /// <param name="pairFile">Is read anew.</param>
    /// <param name="suspects">Who is asked, and whether he is stolen; of both kinds at least one.</param>
    /// <returns>Seconds.</returns>
    public static double Time(string pairFile, IReadOnlyList<(ISuspect Suspect, bool Stolen)> suspects)
    {
        var clock = Stopwatch.StartNew();
        var bytes = File.ReadAllBytes(pairFile);
        var verifier = new Verifier(FingerprintPairFile.Deserialise(bytes, pairFile), FingerprintPairFile.Sha256(bytes));
        var rates = suspects
            .Select(asked => (Rate: verifier.VerifyAsync(asked.Suspect, significance: null, CancellationToken.None).GetAwaiter().GetResult().MatchingRate!.Value, asked.Stolen))
            .ToList();
        double[] positives = [.. rates.Where(rate => rate.Stolen).Select(rate => rate.Rate)];
        double[] negatives = [.. rates.Where(rate => !rate.Stolen).Select(rate => rate.Rate)];
        _ = RocCurve.Auc(positives, negatives);
        _ = new RobustnessUniqueness(positives, negatives).Aruc;
        return clock.Elapsed.TotalSeconds;
    }
}
