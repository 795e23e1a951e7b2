namespace Utaf.Fingerprints;

/// <summary>
/// A classifier's probabilities as logarithms, less their mean over the classes. Honest models and copies agree on what is
/// likely; how they divide the little that is left among the other classes is what a copy inherits, and next to probabilities
/// near 1 it would not be seen.
/// </summary>
/// <param name="Width">d_out, numbers per answer, at least 1. One number alone is the probability of the second of two classes.</param>
public sealed record CentredLogarithms(int Width)
{
    /// <summary>d_out.</summary>
    public int Width { get; } = Width >= 1 ? Width : throw new ArgumentOutOfRangeException(nameof(Width), Width, "Expected at least 1.");

    /// <summary>Added to each probability: a smaller one says no more than 0, and APIs round.</summary>
    public const float Floor = 1e-4f;

    /// <summary>The logarithms in the places of the probabilities.</summary>
    /// <param name="probabilities">[N, <see cref="Width"/>] row-major; below 0 counts as 0.</param>
    /// <returns>As many numbers, each within ±ln(1/<see cref="Floor"/> + 1), about 9.2.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the width.</exception>
    public float[] Of(ReadOnlySpan<float> probabilities)
    {
        if (probabilities.Length % Width != 0)
        {
            throw new ArgumentException($"Expected a multiple of {Width} numbers, found {probabilities.Length}.", nameof(probabilities));
        }

        var logarithms = new float[probabilities.Length];
        for (var i = 0; i < logarithms.Length; i++)
        {
            logarithms[i] = Logarithm(probabilities[i]);
        }

        if (Width == 1)
        {
            for (var i = 0; i < logarithms.Length; i++)
            {
                // Less the mean of both classes' logarithms.
                logarithms[i] = (logarithms[i] - Logarithm(1 - probabilities[i])) / 2;
            }

            return logarithms;
        }

        for (var row = 0; row < logarithms.Length; row += Width)
        {
            var answer = logarithms.AsSpan(row, Width);
            var mean = Mean(answer);
            foreach (ref var logarithm in answer)
            {
                logarithm -= mean;
            }
        }

        return logarithms;
    }

    private static float Logarithm(float probability) => MathF.Log(MathF.Max(probability, 0) + Floor);

    private static float Mean(ReadOnlySpan<float> values)
    {
        // Of a thousand classes nearly all are at the floor: in single precision the sum's errors would all go one way.
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return (float)(sum / values.Length);
    }
}
