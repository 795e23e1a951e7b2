using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>Where one tensor of each perceptron lies.</summary>
/// <param name="Start">The first number, a multiple of 16.</param>
/// <param name="Length">How many there are.</param>
internal readonly record struct ParameterSegment(long Start, long Length)
{
    private const long Alignment = 16;

    /// <summary>Where the next may start.</summary>
    public long End => (Start + Length + Alignment - 1) / Alignment * Alignment;

    /// <summary>All perceptrons' numbers, [K, length].</summary>
    public Tensor Of(Tensor values) => values.narrow(1, Start, Length);

    /// <summary>One perceptron's numbers, [length].</summary>
    public Tensor Of(Tensor values, int k) => values.select(0, k).narrow(0, Start, Length);
}
