namespace Utaf.Fingerprints;

/// <summary>The adaptive fingerprint X_F of the paper: synthetic inputs whose answers tell a stolen model from an honest one.</summary>
/// <param name="InputShape">Shape of one input without the batch, such as [C, H, W]; each size at least 1. [] is one number.</param>
/// <param name="Values">The N inputs, row-major, [N, InputShape...].</param>
/// <exception cref="ArgumentException">The values are no whole number of inputs, or there is none.</exception>
public sealed record Fingerprint(int[] InputShape, float[] Values)
{
    /// <summary>Numbers in one input: the product of <see cref="InputShape"/>, at least 1.</summary>
    public int ExampleSize { get; } = SizeOf(InputShape);

    /// <summary>N, the number of inputs, at least 1.</summary>
    public int Count { get; } = CountOf(SizeOf(InputShape), Values);

    /// <summary>One input, row-major, <see cref="ExampleSize"/> numbers.</summary>
    /// <param name="i">From 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public ReadOnlySpan<float> Example(int i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Count);
        return Values.AsSpan(i * ExampleSize, ExampleSize);
    }

    private static int SizeOf(int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long size = 1;
        foreach (var dimension in shape)
        {
            size = dimension < 1 ? 0 : size * dimension;
            if (size is < 1 or > int.MaxValue)
            {
                throw new ArgumentException($"The input shape [{string.Join(", ", shape)}] has a size below 1, or is too large.");
            }
        }

        return (int)size;
    }

    private static int CountOf(int size, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Length > 0 && values.Length % size == 0
            ? values.Length / size
            : throw new ArgumentException($"Expected a whole number of inputs of {size} numbers each, found {values.Length} numbers.");
    }
}
