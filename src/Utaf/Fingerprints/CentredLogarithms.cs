namespace Utaf.Fingerprints;

/// <summary>
/// A classifier's probabilities as logarithms, less their mean over the classes. Honest models and copies agree on what is
/// likely; how they divide the little that is left among the other classes is what a copy inherits, and next to probabilities
/// near 1 it would not be seen.
/// </summary>
/// <param name="Width">d_out, numbers per answer, at least 1. One number alone is the probability of the second of two classes.</param>
/// <param name="Standardised">
/// Whether they are then less their mean over the answers, class by class, and divided by the deviation of what is left: which
/// classes a model prefers whatever it is asked, and how sure of itself it is, tells how it was trained and not from what.
/// </param>
public sealed record CentredLogarithms(int Width, bool Standardised = false) : AnswerReading(Width)
{
    /// <summary>Added to each probability: a smaller one says no more than 0, and APIs round.</summary>
    public const float Floor = 1e-4f;

    /// <summary>Added to the variance that is divided by: what differs by less than 0.1 is not blown up to what rounding made of it.</summary>
    public const double SmallestVariance = 0.01;

    /// <inheritdoc/>
    public override AnswerScale Scale => Standardised ? AnswerScale.StandardisedLogarithmic : AnswerScale.Logarithmic;

    /// <inheritdoc/>
    public override int FewestExamples => Standardised ? 2 : 1;

    /// <summary>Of standardised ones: whether each class's logarithms differ by less than 0.01 from answer to answer, which is 1 % of a probability.</summary>
    /// <inheritdoc/>
    public override bool SaysNothing(ReadOnlySpan<float> outputs) =>
        Standardised && CentreOverAnswers(Centred(outputs)) < ShareOfNothing * SmallestVariance;

    /// <summary>The logarithms in the places of the probabilities; below 0 these count as 0.</summary>
    /// <returns>As many numbers; unless standardised, each is within ±ln(1/<see cref="Floor"/> + 1), about 9.2.</returns>
    /// <inheritdoc/>
    protected override float[] Read(ReadOnlySpan<float> outputs)
    {
        var logarithms = Centred(outputs);
        if (Standardised)
        {
            Divide(logarithms, Math.Sqrt(CentreOverAnswers(logarithms) + SmallestVariance));
        }

        return logarithms;
    }

    private float[] Centred(ReadOnlySpan<float> outputs)
    {
        var logarithms = new float[outputs.Length];
        for (var i = 0; i < logarithms.Length; i++)
        {
            // One number alone: less the mean of both classes' logarithms.
            logarithms[i] = Width == 1 ? (Logarithm(outputs[i]) - Logarithm(1 - outputs[i])) / 2 : Logarithm(outputs[i]);
        }

        for (var row = 0; Width > 1 && row < logarithms.Length; row += Width)
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
