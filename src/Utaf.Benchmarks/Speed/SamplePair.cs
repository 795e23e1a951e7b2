using Utaf.Fingerprints;
using Utaf.Torch;

namespace Utaf.Benchmarks.Speed;

/// <summary>A pair of random numbers of the Warfarin scenario's shape: verifying with it costs what any pair of as many outputs costs that reads them as they are.</summary>
internal static class SamplePair
{
    public const int Examples = 100;
    public const int Features = 31;
    private const int Hidden = 100;
    private const int HeldOutOfEachKind = 35;

    public static FingerprintPair Make()
    {
        var random = new SeededRandom(0, "pair");
        var output = new OutputSpecification(1, OutputSpace.Raw);
        var manifest = new PairManifest(
            PairManifest.VersionOf(output),
            new ModelIdentity("sample", "1.0.0", new string('0', 64)),
            "regression",
            new InputSpecification([Features], 0, 1),
            output,
            Examples,
            Threshold: 0.5,
            new TrainingRecord(0, 1, 0.1, 0.01, "none: the numbers are random", "batched", 1, []),
            new EnsembleSummary(new string('0', 64), "none", HeldOutOfEachKind, HeldOutOfEachKind, 0, 0, HeldOutOfEachKind * 2, []),
            new HeldOutResults(0.5, 0.5, 0, 0, 0, [.. Enumerable.Range(0, HeldOutOfEachKind * 2).Select(i => new HeldOutMember($"member-{i}", "random", i % 2 == 0, random.NextDouble()))]),
            "benchmark");
        var verifier = new MetaVerifier(
            Examples,
            new float[Examples],
            [.. Enumerable.Repeat(1f, Examples)],
            Numbers(Hidden * Examples),
            Numbers(Hidden),
            Numbers(Hidden * 2),
            Numbers(2));
        return new(manifest, new Fingerprint([Features], Numbers(Examples * Features)), verifier);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) / 10)];
    }
}
