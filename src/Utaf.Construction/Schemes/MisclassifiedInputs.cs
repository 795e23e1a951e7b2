using System.Diagnostics;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>AKH: agreement on inputs that the target gets wrong (QuRD, AAAI 2025).</summary>
/// <param name="Examples">N; fewer where the target errs less often.</param>
public sealed record MisclassifiedInputs(int Examples = 100) : IFingerprintScheme
{
    /// <inheritdoc/>
    public string Name => "akh";

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => ClassScores.Supported(task, outputWidth);

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        ClassScores.Require(this, context);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        return SchemeFingerprint.Of(this, context, ClassScores.Seeds(context, right: false, Examples, Name), Examples, clock, SchemeFingerprint.MatchingRate);
    }
}
