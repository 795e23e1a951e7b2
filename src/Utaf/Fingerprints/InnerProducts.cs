using System.Numerics.Tensors;

namespace Utaf.Fingerprints;

/// <summary>
/// Which answers resemble which: the inner product of each two, once they are less their mean over the answers and divided by
/// the deviation of what is left. Of wide answers, such as images, these are far fewer numbers than the answers themselves,
/// and they stay when a copy's pictures are brighter, shifted or of another contrast.
/// </summary>
/// <param name="Width">d_out, numbers per answer, at least 1.</param>
public sealed record InnerProducts(int Width) : AnswerReading(Width)
{
    /// <summary>The share of the answers' mean square that is added to the variance: nothing is divided by what rounding left.</summary>
    public const double SmallestShare = 1e-4;

    /// <summary>Added to the variance as well: answers may all be 0.</summary>
    public const double SmallestVariance = 1e-12;

    /// <inheritdoc/>
    public override AnswerScale Scale => AnswerScale.InnerProducts;

    /// <summary>3: of two answers less their mean, one is the other's opposite.</summary>
    public override int FewestExamples => 3;

    /// <summary>N·(N − 1)/2, one number for each two answers.</summary>
    /// <param name="outputs">N·d_out.</param>
    public override int ReadWidth(int outputs)
    {
        var answers = (long)outputs / Width;
        return (int)Math.Min(answers * (answers - 1) / 2, int.MaxValue);
    }

    /// <summary>Whether samples differ by less than a thousandth of their size.</summary>
    /// <inheritdoc/>
    public override bool SaysNothing(ReadOnlySpan<float> outputs) => CentreOverAnswers(outputs.ToArray()) < ShareOfNothing * Least(outputs);

    /// <summary>The products over d_out, of the first answer with the second, the third, …, then of the second with the third, ….</summary>
    /// <inheritdoc/>
    protected override float[] Read(ReadOnlySpan<float> outputs)
    {
        var standardised = outputs.ToArray();
        var variance = CentreOverAnswers(standardised);
        Divide(standardised, Math.Sqrt(variance + Least(outputs)));

        var products = new float[ReadWidth(outputs.Length)];
        var place = 0;
        for (var first = 0; first < standardised.Length; first += Width)
        {
            for (var second = first + Width; second < standardised.Length; second += Width)
            {
                products[place++] = TensorPrimitives.Dot<float>(standardised.AsSpan(first, Width), standardised.AsSpan(second, Width)) / Width;
            }
        }

        return products;
    }

    /// <summary>What is added to the variance.</summary>
    private static double Least(ReadOnlySpan<float> outputs) => (SmallestShare * MeanSquare(outputs)) + SmallestVariance;

    private static double MeanSquare(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += (double)value * value;
        }

        return values.Length == 0 ? 0 : sum / values.Length;
    }
}
