using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Frozen members that are evaluated in one pass.</summary>
internal abstract class MemberGroup : IDisposable
{
    /// <summary>The members' places in the list they were loaded from.</summary>
    public abstract IReadOnlyList<int> Places { get; }

    /// <summary>What the members answer, as an API would serve it; without a graph.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="indices">Which of the group's members; null for all.</param>
    /// <param name="type">What convolutions compute with; the answers are float32.</param>
    /// <returns>[members, N·d_out].</returns>
    public abstract Tensor Outputs(Tensor inputs, int[]? indices, ScalarType type);

    /// <summary>The same, with the way back to the inputs.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="indices">Which of the group's members; null for all.</param>
    /// <param name="terms">How exactly, and with how much memory; what is kept is counted there.</param>
    public abstract GroupPass Pass(Tensor inputs, int[]? indices, PassTerms terms);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the members' tensors.</summary>
    protected abstract void Dispose(bool disposing);
}
