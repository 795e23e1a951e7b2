using Utaf.Metrics;

namespace Utaf.Tests.Metrics;

public sealed class RobustnessUniquenessTests
{
    [Fact]
    public void A_perfect_method_reaches_the_ceiling_of_99_in_101()
    {
        var curve = new RobustnessUniqueness([1, 0.999], [0.001, 0.01]);

        Assert.Equal(99.0 / 101, curve.Aruc, 1e-12);
        Assert.Equal(0.9802, curve.Aruc, 1e-4);
        Assert.Equal(1, curve.RobustnessAtUniquenessOne);
    }

    [Fact]
    public void The_area_is_the_mean_of_the_smaller_share()
    {
        // R: 1 below 0.6, 1/2 from 0.6 to 0.89, 0 from 0.9. U: 1/2 below 0.3 (a negative of 0 is never above), 1 from 0.3.
        // min: thirty thresholds (0 to 0.29) at 1/2, thirty (0.3 to 0.59) at 1, thirty (0.6 to 0.89) at 1/2.
        var curve = new RobustnessUniqueness([0.6, 0.9], [0, 0.3]);

        Assert.Equal(60.0 / 101, curve.Aruc, 1e-12);
        Assert.Equal(new RobustnessUniquenessPoint(0.29, 1, 0.5), curve.Curve[29]);
        Assert.Equal(new RobustnessUniquenessPoint(0.3, 1, 1), curve.Curve[30]);
        Assert.Equal(new RobustnessUniquenessPoint(0.6, 0.5, 1), curve.Curve[60]);
    }

    [Fact]
    public void The_curve_has_101_thresholds_and_its_ends_are_blind()
    {
        var curve = new RobustnessUniqueness([1], [0.5]).Curve;

        Assert.Equal(101, curve.Count);
        Assert.Equal(new RobustnessUniquenessPoint(0, 1, 0), curve[0]);
        Assert.Equal(0.07, curve[7].Threshold);
        Assert.Equal(new RobustnessUniquenessPoint(1, 0, 1), curve[^1]);
    }

    [Fact]
    public void Always_the_same_score_is_worth_nothing() => Assert.Equal(0, new RobustnessUniqueness([0.5], [0.5]).Aruc);

    [Theory]
    [InlineData(0.2, 1.0)]
    [InlineData(0.9, 0.5)]
    [InlineData(0.95, 0.5)]
    [InlineData(1.0, 0.0)]
    public void Robustness_at_uniqueness_one_is_the_share_above_the_highest_negative(double highest, double expected) =>
        Assert.Equal(expected, new RobustnessUniqueness([0.9, 0.96], [highest, 0.1]).RobustnessAtUniquenessOne);

    [Fact]
    public void Empty_sets_and_nan_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RobustnessUniqueness([], [1]));
        Assert.Throws<ArgumentException>(() => new RobustnessUniqueness([1], []));
        Assert.Throws<ArgumentException>(() => new RobustnessUniqueness([double.NaN], [1]));
    }
}
