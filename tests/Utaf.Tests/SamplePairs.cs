using Utaf.Fingerprints;

namespace Utaf.Tests;

/// <summary>Small pairs whose numbers can be followed by hand.</summary>
internal static class SamplePairs
{
    public static PairManifest Manifest { get; } = new(
        1,
        new ModelIdentity("digits", "1.2.0", new string('a', 64)),
        "classification",
        new InputSpecification([1, 2], 0, 1),
        new OutputSpecification(2, OutputSpace.Probabilities),
        Examples: 2,
        Threshold: 0.5,
        new TrainingRecord(
            ulong.MaxValue, 300, 0.001, 0.1 + 0.2, "paper", "cosine", 2, [new CurvePoint(0, 1.5), new CurvePoint(100, 0.7, 0.9, 0.8, 1e-17)]),
        new EnsembleSummary("plan-hash", "small", 8, 8, 8, 4, 4, ["one duplicate “dropped”"]),
        new HeldOutResults(0.95, 0.8, 0.5, 0.5, 0.75,
        [
            new HeldOutMember("stolen-1", "fine-tuning", true, 0.99),
            new HeldOutMember("honest-1", "mlp", false, 0.1),
            new HeldOutMember("honest-2", "mlp", false, 0.2),
            new HeldOutMember("honest-3", "cnn", false, 0.8),
        ]),
        "0.1.0");

    /// <summary>
    /// Two inputs of [1, 2] and two outputs each. The meta-verifier's log-odds are four times the sum over both answers of
    /// (first probability - 0.5): the answers [p, 1-p] twice give 8·(p - 0.5).
    /// </summary>
    public static FingerprintPair Pair { get; } = WithManifest(Manifest);

    public static FingerprintPair WithManifest(PairManifest manifest) => new(
        manifest,
        new Fingerprint([1, 2], [0f, 0.25f, 0.5f, 1f]),
        new MetaVerifier(
            4,
            mean: [0.5f, 0.5f, 0.5f, 0.5f],
            scale: [0.5f, 0.5f, 0.5f, 0.5f],
            hiddenWeights: [1, 0, 1, 0, -1, 0, -1, 0],
            hiddenBias: [0, 0],
            outputWeights: [0, 2, 2, 0],
            outputBias: [0, 0]));

    /// <summary>The same pair, whose meta-verifier reads logarithms.</summary>
    /// <param name="standardised">By the mean and deviation over both answers, or as they are.</param>
    public static FingerprintPair OfLogarithms(bool standardised)
    {
        var reading = new CentredLogarithms(2, standardised);
        var output = Manifest.Output with { Scale = reading.Scale };
        var verifier = Pair.Verifier;
        return Pair with
        {
            Manifest = Manifest with { FormatVersion = PairManifest.VersionOf(output), Output = output },
            Verifier = new(4, verifier.Mean, verifier.Scale, verifier.HiddenWeights, verifier.HiddenBias, verifier.OutputWeights, verifier.OutputBias, reading),
        };
    }

    /// <summary>
    /// Three examples of two raw outputs; of the inner products of the first answer with the second and the third, and of the
    /// second with the third, the log-odds are the first less the last.
    /// </summary>
    public static FingerprintPair OfInnerProducts()
    {
        var output = new OutputSpecification(2, OutputSpace.Raw, AnswerScale.InnerProducts);
        return new(
            Manifest with { FormatVersion = PairManifest.VersionOf(output), Output = output, Examples = 3, Task = "generation" },
            new Fingerprint([1, 2], [0, 0.25f, 0.5f, 1, 0.75f, 0.5f]),
            new MetaVerifier(6, [0, 0, 0], [1, 1, 1], [1, 0, -1, -1, 0, 1], [0, 0], [0, 1, 1, 0], [0, 0], new InnerProducts(2)));
    }

    /// <summary>A pair of another model or version, and so of another digest.</summary>
    public static byte[] Bytes(string model = "digits", string version = "1.2.0", ulong seed = 7) =>
        FingerprintPairFile.Serialise(WithManifest(Manifest with
        {
            Model = Manifest.Model with { Name = model, Version = version },
            Training = Manifest.Training with { Seed = seed },
        }));
}
