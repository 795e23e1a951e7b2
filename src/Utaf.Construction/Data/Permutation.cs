namespace Utaf.Data;

/// <summary>
/// A random order that depends on its seed alone. <see cref="Random"/> may change its sequence between versions of .NET, and then a
/// data set would split differently after an update.
/// </summary>
public static class Permutation
{
    /// <summary>A permutation of 0 … count − 1 (Fisher and Yates' shuffle, from SplitMix64).</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <param name="seed">Equal seeds give equal permutations, on every machine.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static int[] Of(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        var state = seed;
        for (var i = count - 1; i > 0; i--)
        {
            // The high word of the product is uniform on 0 … i but for a bias below 2^-33, far under what a split could show.
            var j = (int)Math.BigMul(Next(ref state), (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
