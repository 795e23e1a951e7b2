namespace Utaf.Metrics;

/// <summary>
/// Student's t distribution for whole degrees of freedom, by the finite sums of Abramowitz and Stegun 1964, <i>Handbook of
/// Mathematical Functions</i>, 26.7.3 and 26.7.4.
/// </summary>
public static class StudentT
{
    /// <summary>The t with P(|T| ≤ t) = probability.</summary>
    /// <param name="probability">In (0, 1), such as 0.95.</param>
    /// <param name="degreesOfFreedom">ν, at least 1. The time taken grows with it.</param>
    /// <returns>Above 0, to about 14 digits.</returns>
    public static double TwoSidedQuantile(double probability, int degreesOfFreedom)
    {
        if (probability is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Expected a probability in (0, 1).");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 1);

        // Bisection over θ = atan(t/√ν) in (0, π/2): the probability rises with it, and 60 halvings reach the last bit.
        var (low, high) = (0.0, Math.PI / 2);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Within(middle, degreesOfFreedom) < probability ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(degreesOfFreedom) * Math.Tan((low + high) / 2);
    }

    /// <summary>P(|T| ≤ √ν·tan θ), A(t|ν) in the handbook.</summary>
    private static double Within(double theta, int degreesOfFreedom)
    {
        var (sine, cosine) = Math.SinCos(theta);
        var odd = degreesOfFreedom % 2 == 1;

        // Odd ν: cos θ + (2/3)cos³θ + … up to cos^(ν-2)θ. Even ν: 1 + (1/2)cos²θ + … up to cos^(ν-2)θ.
        var term = odd ? cosine : 1;
        var sum = 0.0;
        for (var power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }

        return odd ? 2 / Math.PI * (theta + (sine * sum)) : sine * sum;
    }
}
