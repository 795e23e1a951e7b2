using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>One operation of a folded network.</summary>
/// <param name="Run">What it does to its input, [N, …]; the result belongs to the caller's dispose scope.</param>
/// <param name="Owned">Its weights.</param>
internal sealed record FoldedStep(Func<Tensor, Tensor> Run, params Tensor[] Owned) : IDisposable
{
    /// <summary>How many results of about the size of the last one the way back needs.</summary>
    public int Results { get; init; } = 1;

    /// <summary>The operations in it that are computed in managed code.</summary>
    public IReadOnlyList<FrozenOperation> Operations { get; init; } = [];

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => Owned.Sum(tensor => tensor.numel() * tensor.element_size());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Owned)
        {
            tensor.Dispose();
        }
    }
}
