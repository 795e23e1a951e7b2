using System.Diagnostics;
using Utaf.Construction;
using Utaf.Fingerprints;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>UTAF itself: fingerprint and meta-verifier, learned together; the score is the matching rate p₊.</summary>
/// <param name="Name">utaf, or utaf-paper for Algorithm 1 as printed.</param>
/// <param name="Options">Of Stage 2.</param>
public sealed record UtafScheme(string Name, ConstructionOptions Options) : IFingerprintScheme
{
    /// <inheritdoc/>
    public string Parameters => $"schedule {Options.Schedule.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public string Wanted => "any model";

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => true;

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        if (context.Ensemble is not { } ensemble)
        {
            throw Errors.NoQueries(Name, "it learns from an ensemble, and there is none.");
        }

        var clock = Stopwatch.StartNew();

        // The construction reports on its test part: in the place of the real one, which is touched once, by whoever compares schemes.
        var pair = PairConstruction.Construct(
            ensemble.Folder,
            ensemble.Workshop,
            ensemble.Split with { Test = ensemble.Split.Validation },
            new ModelIdentity("target", "1.0.0", ensemble.Workshop.Target.ArtifactSha256),
            Options,
            "evaluation",
            progress: null,
            context.CancellationToken);
        return new(
            Name,
            pair.Fingerprint.Values,
            [pair.Fingerprint.Count, .. pair.Fingerprint.InputShape.Select(size => (long)size)],
            Score,
            Options.Examples,
            clock.Elapsed.TotalSeconds,
            $"{pair.Manifest.Training.Iterations} iterations");

        double Score(Tensor outputs)
        {
            using var scope = NewDisposeScope();
            return pair.Verifier.MatchingRate(outputs.contiguous().data<float>().ToArray());
        }
    }
}
