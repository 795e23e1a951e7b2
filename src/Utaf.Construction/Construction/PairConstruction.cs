using Utaf.Ensembles;
using Utaf.Fingerprints;

namespace Utaf.Construction;

/// <summary>How far Stage 2 is.</summary>
/// <param name="Done">Steps made.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Point">The newest point of the training curve, where one was measured at this step.</param>
public sealed record ConstructionProgress(int Done, int Total, CurvePoint? Point);

/// <summary>Stage 2: fingerprint and meta-verifier, learned together on a built ensemble.</summary>
public static class PairConstruction
{
    /// <summary>Constructs the pair of a model.</summary>
    /// <param name="folder">The ensemble; every member must be built.</param>
    /// <param name="workshop">Target, task and device.</param>
    /// <param name="model">Whose fingerprint it is.</param>
    /// <param name="options">How to go about it.</param>
    /// <param name="toolVersion">The version to name in the manifest.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>The pair, with its results on the held-out part in the manifest.</returns>
    /// <exception cref="UtafException">UTAF1001, UTAF1402 to UTAF1406, UTAF1501 and UTAF1502.</exception>
    public static FingerprintPair Construct(
        EnsembleFolder folder,
        Workshop workshop,
        ModelIdentity model,
        ConstructionOptions options,
        string toolVersion,
        IProgress<ConstructionProgress>? progress,
        CancellationToken cancellationToken) => throw new NotImplementedException();
}
