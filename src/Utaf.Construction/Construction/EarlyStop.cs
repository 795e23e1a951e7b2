using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Ends the learning of a fingerprint when the validation part's loss has not fallen for some measurements.</summary>
/// <param name="patience">How many measurements without a new best are enough, at least 1.</param>
internal sealed class EarlyStop(int patience) : IDisposable
{
    private double lowest = double.PositiveInfinity;
    private int since;
    private Tensor? best;

    /// <summary>The free variables at the best measurement.</summary>
    public Tensor Best => best ?? throw new InvalidOperationException("Nothing was measured.");

    /// <summary>Whether a measurement was the best so far.</summary>
    public bool HasBest => best is not null;

    /// <summary>Whether it is time to stop.</summary>
    /// <param name="point">The newest measurement; one without a validation part counts as no better.</param>
    /// <param name="free">The free variables, copied where the measurement is the best.</param>
    public bool Reached(CurvePoint point, Tensor free)
    {
        if (point.ValidationLoss < lowest)
        {
            (lowest, since) = (point.ValidationLoss.Value, 0);
            best?.Dispose();
            best = free.detach().clone().DetachFromDisposeScope();
            return false;
        }

        since++;
        return since >= patience && best is not null;
    }

    /// <inheritdoc/>
    public void Dispose() => best?.Dispose();
}
