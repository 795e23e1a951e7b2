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
    public string Parameters => "";

    /// <inheritdoc/>
    public string Wanted => ClassScores.Wanted;

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => ClassScores.Supported(task);

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        context.Require(this);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var wrong = ClassScores.Seeds(context, right: false, Name);
        return wrong.Length == 0
            ? throw Errors.NoQueries(Name, $"it gets all {context.Inputs.shape[0]} of the owner's examples right.")
            : SchemeFingerprint.Of(this, context, context.Rows(wrong.Take(Examples)), Examples, clock, SchemeFingerprint.MatchingRate);
    }
}
