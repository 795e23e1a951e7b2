using Utaf.Configuration;
using Utaf.Reports;
using Utaf.Stores;
using Utaf.Tests;
using Utaf.Verification;
using Utaf.Watching;

namespace Utaf.Pipeline.Tests.Watching;

/// <summary>Items and findings as a watch has them.</summary>
internal static class SampleFindings
{
    public static readonly string Sha256 = new('c', 64);

    public static WatchItem Item(string suspect, string version = "1.2.0") => new(
        new SuspectSettings { Name = suspect, Url = new Uri($"http://127.0.0.1:9/{Uri.EscapeDataString(suspect)}") },
        new StoredPair("digits", version, Sha256));

    public static SuspectFinding Finding(string suspect, double rate, double pValue, double? significance = null)
    {
        var decision = rate > 0.5 ? Decision.PiracySuspected : Decision.NoPiracySuspected;
        return new(suspect, SamplePairs.Manifest, Sha256)
        {
            Verdict = new Verdict(
                suspect, SamplePairs.Manifest.Model, Sha256, rate, 0.5, decision, "By hand.", pValue, 0.25, significance, 2, 2, "in", "out", "raw"),
        };
    }

    public static SuspectFinding Failed(WatchItem item, Diagnostic diagnostic) =>
        new(item.Suspect.Name, SamplePairs.Manifest, item.Pair.Sha256) { Failure = diagnostic };

}
