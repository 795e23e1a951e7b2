using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;

namespace Utaf.Torch;

/// <summary>
/// The only source of randomness of Stages 1 and 2: xoshiro256** (Blackman and Vigna 2018), seeded from a seed and a
/// name alone, so that a member's numbers do not depend on which members were built before it, or where.
/// </summary>
public sealed class SeededRandom
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;
    private double? spareNormal;

    /// <summary>Makes the stream of one purpose.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">What the numbers are for, for example a member's id.</param>
    public SeededRandom(ulong seed, string name)
    {
        Span<byte> state = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{name}"), state);
        s0 = BinaryPrimitives.ReadUInt64LittleEndian(state);
        s1 = BinaryPrimitives.ReadUInt64LittleEndian(state[8..]);
        s2 = BinaryPrimitives.ReadUInt64LittleEndian(state[16..]);
        s3 = BinaryPrimitives.ReadUInt64LittleEndian(state[24..]) | 1;
    }

    /// <summary>A uniform 64-bit number.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform whole number in [0, <paramref name="bound"/>).</summary>
    public int NextInt32(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>A standard normal number (Marsaglia's polar method).</summary>
    public double NextNormal()
    {
        if (spareNormal is { } spare)
        {
            spareNormal = null;
            return spare;
        }

        double u, v, square;
        do
        {
            u = (2 * NextDouble()) - 1;
            v = (2 * NextDouble()) - 1;
            square = (u * u) + (v * v);
        }
        while (square is >= 1 or 0);

        var factor = Math.Sqrt(-2 * Math.Log(square) / square);
        spareNormal = v * factor;
        return u * factor;
    }

    /// <summary>The numbers 0 … <paramref name="count"/> − 1 in random order (Fisher–Yates).</summary>
    public long[] Permutation(int count)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = NextInt32(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    /// <summary>The same elements in random order.</summary>
    public IReadOnlyList<T> Shuffle<T>(IReadOnlyList<T> elements) => [.. Permutation(elements.Count).Select(i => elements[(int)i])];

    /// <summary>A float32 tensor of N(0, <paramref name="deviation"/>²) numbers.</summary>
    public torch.Tensor Normal(long[] shape, double deviation = 1) =>
        torch.tensor(Fill(shape, () => (float)(NextNormal() * deviation)), shape);

    /// <summary>A float32 tensor of numbers uniform in [−<paramref name="bound"/>, <paramref name="bound"/>).</summary>
    public torch.Tensor Uniform(long[] shape, double bound) =>
        torch.tensor(Fill(shape, () => (float)(((2 * NextDouble()) - 1) * bound)), shape);

    private static float[] Fill(long[] shape, Func<float> next)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = next();
        }

        return values;
    }
}
