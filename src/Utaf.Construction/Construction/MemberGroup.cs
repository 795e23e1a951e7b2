using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Frozen members that are evaluated in one pass.</summary>
internal abstract class MemberGroup : IDisposable
{
    /// <summary>The members' places in the list they were loaded from.</summary>
    public abstract IReadOnlyList<int> Places { get; }

    /// <summary>What the members answer, as an API would serve it.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="indices">Which of the group's members; null for all.</param>
    /// <returns>[members, N·d_out], with gradients to the inputs where they ask for them.</returns>
    public abstract Tensor Outputs(Tensor inputs, int[]? indices);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the members' tensors.</summary>
    protected abstract void Dispose(bool disposing);
}
