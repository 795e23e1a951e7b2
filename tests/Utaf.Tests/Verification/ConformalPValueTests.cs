using Utaf.Verification;

namespace Utaf.Tests.Verification;

public sealed class ConformalPValueTests
{
    [Theory]
    [InlineData(0.9, 0.25)]
    [InlineData(0.3, 0.5)]
    [InlineData(0.25, 0.5)]
    [InlineData(0.2, 0.75)]
    [InlineData(0.0, 1.0)]
    public void The_p_value_counts_the_negatives_that_score_as_high_and_the_suspect_itself(double score, double expected) =>
        Assert.Equal(expected, ConformalPValue.Of(score, [0.1, 0.2, 0.3]));

    [Fact]
    public void Without_negatives_nothing_is_ever_significant() => Assert.Equal(1, ConformalPValue.Of(1, []));

    [Fact]
    public void The_floor_is_what_a_suspect_above_all_negatives_gets()
    {
        Assert.Equal(0.25, ConformalPValue.Floor(3));
        Assert.Equal(ConformalPValue.Floor(3), ConformalPValue.Of(1, [0.1, 0.2, 0.3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalPValue.Floor(-1));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.99, 1)]
    [InlineData(0.05, 19)]
    [InlineData(0.01, 99)]
    [InlineData(0.001, 999)]
    [InlineData(0.051, 19)]
    [InlineData(0.049, 20)]
    public void The_negatives_needed_are_the_fewest_whose_floor_reaches_the_significance(double significance, int expected)
    {
        Assert.Equal(expected, ConformalPValue.NegativesNeeded(significance));
        Assert.True(ConformalPValue.Floor(expected) <= significance);
        Assert.True(ConformalPValue.Floor(expected - 1) > significance);
    }

    [Fact]
    public void An_absurd_significance_still_has_an_answer() =>
        Assert.True(ConformalPValue.NegativesNeeded(double.Epsilon) > 1e300);

    [Fact]
    public void Honest_suspects_are_rejected_no_more_often_than_the_significance_says()
    {
        // Any score of an exchangeable set is as likely at any rank: each of the 40 plays the suspect once.
        double[] honest = [.. Enumerable.Range(0, 40).Select(i => i * 17 % 40 / 40.0)];

        var rejected = Enumerable.Range(0, honest.Length).Count(i =>
            ConformalPValue.Of(honest[i], [.. honest[..i], .. honest[(i + 1)..]]) <= 0.1);

        Assert.Equal(4, rejected);
    }
}
