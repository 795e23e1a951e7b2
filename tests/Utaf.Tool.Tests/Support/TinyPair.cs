using Utaf.Fingerprints;

namespace Utaf.Tool.Tests.Support;

/// <summary>A pair made by hand, for what needs a pair but no training.</summary>
internal static class TinyPair
{
    /// <summary>Four inputs of the given size; the meta-verifier's weights are zero, so every suspect scores 0.5.</summary>
    public static FingerprintPair Make(int inputs = 5, int outputs = 1, double threshold = 0.4)
    {
        const int examples = 4;
        var width = examples * outputs;
        double[] stolen = [0.9, 0.8, 0.95, 0.3];
        double[] honest = [0.05, 0.2, 0.1];
        HeldOutMember[] members =
        [
            .. stolen.Select((rate, i) => new HeldOutMember($"stolen-{i}", i < 2 ? "weight-pruning" : "distillation", Stolen: true, rate)),
            .. honest.Select((rate, i) => new HeldOutMember($"honest-{i}", "independent-public", Stolen: false, rate)),
        ];
        var manifest = new PairManifest(
            1,
            new ModelIdentity("tiny", "1.2.3", new string('a', 64)),
            "regression",
            new InputSpecification([inputs], -2, 2),
            new OutputSpecification(outputs, OutputSpace.Raw),
            examples,
            threshold,
            new TrainingRecord(7, 30, 0.01, 0.001, "paper", "batched", 1, [.. Enumerable.Range(0, 4).Select(i => new CurvePoint(i * 10, 1.0 / (i + 1), 0.5 + (i * 0.1), 0.4, 2.0 / (i + 1)))]),
            new EnsembleSummary(new string('b', 64), "quick", 12, 12, 8, 4, 12, ["A note [for] the reader."]),
            new HeldOutResults(1, 0.7, 1, 1, 1, members),
            "0.1.0");
        return new FingerprintPair(
            manifest,
            new Fingerprint([inputs], new float[examples * inputs]),
            new MetaVerifier(width, new float[width], [.. Enumerable.Repeat(1f, width)], new float[3 * width], new float[3], new float[6], new float[2]));
    }
}
