using Utaf.Benchmarks.Results;
using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>A fingerprint of any scheme in any setting, and whom it is tried on.</summary>
/// <param name="Scheme">The scheme's name.</param>
/// <param name="Setting">The setting's.</param>
/// <param name="Queries">Row by row.</param>
/// <param name="Shape">[N, input…].</param>
/// <param name="Score">Takes served outputs, [N, out], to a score in [0, 1].</param>
/// <param name="ConstructionSeconds">From the ensemble to the fingerprint.</param>
/// <param name="Chosen">For the reader.</param>
/// <param name="Curve">The validation part over wall time.</param>
/// <param name="Suspects">The held-out models.</param>
internal sealed record Fingerprinted(
    string Scheme,
    string Setting,
    float[] Queries,
    long[] Shape,
    Func<Tensor, double> Score,
    double ConstructionSeconds,
    string Chosen,
    IReadOnlyList<CurvePoint> Curve,
    IReadOnlyList<TriedSuspect> Suspects);

/// <summary>A held-out model as it is asked.</summary>
/// <param name="Id">Names it in the results.</param>
/// <param name="Stolen">Whether it is a copy.</param>
/// <param name="Family">The kind of obfuscation or of independent training.</param>
/// <param name="Source">The network behind it: suspects with the same source are one network, served differently.</param>
/// <param name="Load">Makes that network.</param>
/// <param name="Served">What the API does to inputs before the network sees them; null: nothing.</param>
internal sealed record TriedSuspect(string Id, bool Stolen, string Family, string Source, Func<Network> Load, Func<Tensor, Tensor>? Served = null)
{
    /// <summary>A member of the ensemble, as it is.</summary>
    public static TriedSuspect Of(Member member, OpenedEnsemble ensemble) =>
        new(member.Id, member.Stolen, member.Family, member.Id, () => ensemble.Folder.Load(member, ensemble.Workshop.Architectures));
}
