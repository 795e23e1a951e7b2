namespace Utaf.Fingerprints;

/// <summary>
/// A fingerprinting pair. The fingerprint and the meta-verifier are secret: whoever knows them can evade them. Only the
/// manifest may be shown.
/// </summary>
/// <param name="Manifest">What may be known of the pair.</param>
/// <param name="Fingerprint">The inputs that are sent to a suspect.</param>
/// <param name="Verifier">What scores the suspect's concatenated outputs.</param>
public sealed record FingerprintPair(PairManifest Manifest, Fingerprint Fingerprint, MetaVerifier Verifier)
{
    /// <summary>Names no tensor value: a pair that is logged by mistake gives nothing away.</summary>
    public override string ToString() => $"fingerprinting pair of {Manifest.Model.Name} {Manifest.Model.Version}";
}
