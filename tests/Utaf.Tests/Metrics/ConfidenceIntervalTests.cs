using Utaf.Metrics;

namespace Utaf.Tests.Metrics;

public sealed class ConfidenceIntervalTests
{
    // The usual tables of Student's t, two-sided (Abramowitz and Stegun, table 26.10).
    [Theory]
    [InlineData(1, 0.95, 12.706)]
    [InlineData(2, 0.95, 4.303)]
    [InlineData(3, 0.95, 3.182)]
    [InlineData(4, 0.95, 2.776)]
    [InlineData(9, 0.95, 2.262)]
    [InlineData(30, 0.95, 2.042)]
    [InlineData(120, 0.95, 1.980)]
    [InlineData(1, 0.5, 1.000)]
    [InlineData(5, 0.99, 4.032)]
    [InlineData(10, 0.999, 4.587)]
    public void Quantiles_are_those_of_the_tables(int degreesOfFreedom, double probability, double expected) =>
        Assert.Equal(expected, StudentT.TwoSidedQuantile(probability, degreesOfFreedom), 5.01e-4);

    [Fact]
    public void Quantiles_with_a_closed_form_are_exact()
    {
        // ν = 1: tan(π·p/2). ν = 2: p·√(2/(1-p²)).
        Assert.Equal(Math.Tan(Math.PI * 0.95 / 2), StudentT.TwoSidedQuantile(0.95, 1), 1e-11);
        Assert.Equal(0.95 * Math.Sqrt(2 / (1 - (0.95 * 0.95))), StudentT.TwoSidedQuantile(0.95, 2), 1e-12);
    }

    [Fact]
    public void Many_degrees_of_freedom_come_to_the_normal_distribution() =>
        Assert.Equal(1.959964, StudentT.TwoSidedQuantile(0.95, 100_000), 1e-4);

    [Fact]
    public void The_interval_is_the_mean_and_t_standard_errors()
    {
        // Mean 4, variance (4+0+4)/2 = 4, standard error 2/√3, t(2) = 4.302653.
        var interval = ConfidenceInterval.Of([2, 4, 6]);

        Assert.Equal(4, interval.Mean);
        Assert.Equal(4.302653 * 2 / Math.Sqrt(3), interval.HalfWidth, 1e-5);
        Assert.Equal(interval.Mean - interval.HalfWidth, interval.Lower);
        Assert.Equal(interval.Mean + interval.HalfWidth, interval.Upper);
    }

    [Fact]
    public void One_value_says_nothing_about_its_spread() =>
        Assert.Equal(new ConfidenceInterval(3, double.PositiveInfinity), ConfidenceInterval.Of([3]));

    [Fact]
    public void No_value_is_refused() => Assert.Throws<ArgumentException>(() => ConfidenceInterval.Of([]));

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(1.0, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.95, 0)]
    public void A_quantile_outside_its_range_is_refused(double probability, int degreesOfFreedom) =>
        Assert.ThrowsAny<ArgumentException>(() => StudentT.TwoSidedQuantile(probability, degreesOfFreedom));
}
