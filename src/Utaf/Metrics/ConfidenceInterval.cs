namespace Utaf.Metrics;

/// <summary>A mean with its 95 % confidence interval.</summary>
/// <param name="Mean">The mean of the values.</param>
/// <param name="HalfWidth">Half the interval's width, at least 0; infinite for a single value.</param>
public sealed record ConfidenceInterval(double Mean, double HalfWidth)
{
    /// <summary>The interval's lower end.</summary>
    public double Lower => Mean - HalfWidth;

    /// <summary>The interval's upper end.</summary>
    public double Upper => Mean + HalfWidth;

    /// <summary>Mean ± t·s/√n with t of Student's distribution with n - 1 degrees of freedom (Student 1908).</summary>
    /// <param name="values">Independent measurements, at least one.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static ConfidenceInterval Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            throw new ArgumentException("Expected at least one value, found none.", nameof(values));
        }

        var mean = values.Average();
        if (values.Count == 1)
        {
            return new ConfidenceInterval(mean, double.PositiveInfinity);
        }

        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        var t = StudentT.TwoSidedQuantile(0.95, values.Count - 1);
        return new ConfidenceInterval(mean, t * Math.Sqrt(variance / values.Count));
    }
}
