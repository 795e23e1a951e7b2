namespace Utaf.Models;

/// <summary>What goes into a model and what comes out, per example.</summary>
/// <param name="InputShape">The input's shape without the leading N, for example [31] or [3, 28, 28].</param>
/// <param name="OutputWidth">How many numbers come out for one example, at least 1.</param>
public sealed record ModelSignature(int[] InputShape, int OutputWidth)
{
    /// <summary>Numbers in one input.</summary>
    public int InputSize => InputShape.Aggregate(1, (product, size) => product * size);

    /// <summary>The shape of a batch of <paramref name="count"/> inputs.</summary>
    public long[] BatchShape(long count) => [count, .. InputShape.Select(size => (long)size)];
}
