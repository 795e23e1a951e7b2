using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Frozen members that are evaluated in one pass.</summary>
public abstract class MemberGroup : IDisposable
{
    /// <summary>The members' places in the list they were loaded from, [K].</summary>
    public abstract IReadOnlyList<int> Places { get; }

    /// <summary>What the members answer, as an API would serve it.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <returns>[K, N·d_out], with gradients to the inputs where they ask for them.</returns>
    public abstract Tensor Outputs(Tensor inputs);

    /// <summary>What one member answers.</summary>
    /// <param name="index">Its index in <see cref="Places"/>.</param>
    /// <param name="inputs">[N, input…].</param>
    /// <returns>[1, N·d_out].</returns>
    public abstract Tensor OutputsOf(int index, Tensor inputs);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the members' tensors.</summary>
    protected abstract void Dispose(bool disposing);
}
