using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>
/// One step of Adam (Kingma and Ba 2015) as torch makes it. On the CPU all of it is one pass over memory, where torch's
/// operations make twelve; on as many threads as torch has, which makes no difference to the numbers.
/// </summary>
internal static class Adam
{
    private const float FirstDecay = 0.9f;
    private const float Epsilon = 1e-8f;

    // So many numbers that a thread is worth its start.
    private const int PerThread = 1 << 17;

    /// <summary>What the moments are to be divided by after some steps.</summary>
    /// <param name="steps">Steps made, this one counted.</param>
    /// <param name="secondDecay">β₂.</param>
    /// <param name="firstDecay">β₁.</param>
    public static (double First, float Second) Corrections(int steps, float secondDecay, float firstDecay = FirstDecay) =>
        (1 - Math.Pow(firstDecay, steps), (float)Math.Sqrt(1 - Math.Pow(secondDecay, steps)));

    /// <summary>Changes values and moments.</summary>
    /// <param name="values">The parameters.</param>
    /// <param name="gradient">Theirs.</param>
    /// <param name="mean">The first moment.</param>
    /// <param name="square">The second moment.</param>
    /// <param name="rate">The learning rate over the first correction.</param>
    /// <param name="correction">The second correction.</param>
    /// <param name="secondDecay">β₂.</param>
    /// <param name="firstDecay">β₁.</param>
    public static unsafe void Step(Span<float> values, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, float rate, float correction, float secondDecay, float firstDecay = FirstDecay)
    {
        var threads = Math.Min(get_num_threads(), values.Length / PerThread);
        if (threads < 2)
        {
            Update(values, gradient, mean, square, rate, correction, secondDecay, firstDecay);
            return;
        }

        fixed (float* value = values, slope = gradient, first = mean, second = square)
        {
            // Pointers, because spans cannot go to other threads; they are not used beyond this block.
            var (length, numbers) = (values.Length, ((nint)value, (nint)slope, (nint)first, (nint)second));
            Parallel.For(0, threads, thread =>
            {
                var start = (int)((long)length * thread / threads);
                var count = (int)((long)length * (thread + 1) / threads) - start;
                Update(Part(numbers.Item1), Part(numbers.Item2), Part(numbers.Item3), Part(numbers.Item4), rate, correction, secondDecay, firstDecay);

                Span<float> Part(nint whole) => new((float*)whole + start, count);
            });
        }
    }

    /// <summary>The same by torch's operations, as other devices need them.</summary>
    /// <param name="values">The parameters, [K, n].</param>
    /// <param name="gradient">[K, n].</param>
    /// <param name="mean">[K, n].</param>
    /// <param name="square">[K, n].</param>
    /// <param name="rates">The learning rates over the first correction, [K, 1].</param>
    /// <param name="correction">The second correction.</param>
    /// <param name="secondDecay">β₂.</param>
    /// <param name="firstDecay">β₁.</param>
    public static void Step(Tensor values, Tensor gradient, Tensor mean, Tensor square, Tensor rates, float correction, float secondDecay, float firstDecay = FirstDecay)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        mean.mul_(firstDecay).add_(gradient * (1 - firstDecay));
        square.mul_(secondDecay).add_(gradient * (1 - secondDecay) * gradient);
        values.sub_(rates * mean / ((square.sqrt() / correction) + Epsilon));
    }

    // The same operations in the same order in vectors and in the rest, so that a number's place does not matter.
    private static void Update(Span<float> values, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, float rate, float correction, float secondDecay, float firstDecay = FirstDecay)
    {
        // All at least as long as the values, which is looked at once and not at every vector.
        var length = values.Length;
        gradient = gradient[..length];
        mean = mean[..length];
        square = square[..length];
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var slope = ref MemoryMarshal.GetReference(gradient);
        ref var first = ref MemoryMarshal.GetReference(mean);
        ref var second = ref MemoryMarshal.GetReference(square);
        var width = Vector<float>.Count;
        var vectors = length / width * width;
        var (rates, corrections, epsilons) = (new Vector<float>(rate), new Vector<float>(correction), new Vector<float>(Epsilon));
        for (nuint i = 0; i < (nuint)vectors; i += (nuint)width)
        {
            var g = Vector.LoadUnsafe(ref slope, i);
            var m = (Vector.LoadUnsafe(ref first, i) * firstDecay) + (g * (1 - firstDecay));
            var v = (Vector.LoadUnsafe(ref second, i) * secondDecay) + (g * (1 - secondDecay) * g);
            m.StoreUnsafe(ref first, i);
            v.StoreUnsafe(ref second, i);
            (Vector.LoadUnsafe(ref value, i) - (rates * m / ((Vector.SquareRoot(v) / corrections) + epsilons))).StoreUnsafe(ref value, i);
        }

        for (var i = vectors; i < length; i++)
        {
            var g = gradient[i];
            mean[i] = (mean[i] * firstDecay) + (g * (1 - firstDecay));
            square[i] = (square[i] * secondDecay) + (g * (1 - secondDecay) * g);
            values[i] -= rate * mean[i] / ((MathF.Sqrt(square[i]) / correction) + Epsilon);
        }
    }
}
