using CsCheck;
using Utaf.Metrics;

namespace Utaf.Tests.Metrics;

public sealed class RocCurveTests
{
    private static readonly Gen<double[]> SomeScores = Gen.Int[0, 9].Select(tenth => tenth / 10.0).Array[1, 30];

    [Theory]
    [InlineData(new[] { 0.9, 0.8 }, new[] { 0.1, 0.2 }, 1.0)]
    [InlineData(new[] { 0.1 }, new[] { 0.9 }, 0.0)]
    [InlineData(new[] { 0.5 }, new[] { 0.5 }, 0.5)]
    // Pairs: 0.4>0.3, 0.4<0.6, 0.8>0.3, 0.8>0.6.
    [InlineData(new[] { 0.4, 0.8 }, new[] { 0.3, 0.6 }, 0.75)]
    // Pairs: 0.3=0.3, 0.3<0.6, 0.8>0.3, 0.8>0.6.
    [InlineData(new[] { 0.3, 0.8 }, new[] { 0.3, 0.6 }, 0.625)]
    public void The_area_is_the_share_of_pairs_in_order_with_ties_one_half(double[] positives, double[] negatives, double expected) =>
        Assert.Equal(expected, RocCurve.Auc(positives, negatives));

    [Fact]
    public void The_area_is_what_counting_every_pair_gives() =>
        Gen.Select(SomeScores, SomeScores).Sample((positives, negatives) =>
        {
            var counted = positives.Sum(p => negatives.Sum(n => p > n ? 1 : p == n ? 0.5 : 0)) / (positives.Length * negatives.Length);
            return Math.Abs(RocCurve.Auc(positives, negatives) - counted) < 1e-12;
        });

    [Theory]
    [InlineData(0.0, 0.25)]
    [InlineData(0.24, 0.25)]
    [InlineData(0.25, 0.5)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.75, 1.0)]
    [InlineData(1.0, 1.0)]
    public void The_true_positive_rate_is_the_best_at_the_allowed_false_positives(double rate, double expected) =>
        Assert.Equal(expected, RocCurve.TruePositiveRateAt([0.95, 0.8, 0.6, 0.5], [0.9, 0.7, 0.7, 0.1], rate));

    [Fact]
    public void The_true_positive_rate_is_the_best_of_all_thresholds() =>
        Gen.Select(SomeScores, SomeScores, Gen.Int[0, 100]).Sample((positives, negatives, percent) =>
        {
            var best = positives.Concat(negatives).Append(-1)
                .Where(threshold => negatives.Count(score => score > threshold) * 100 <= percent * negatives.Length)
                .Max(threshold => (double)positives.Count(score => score > threshold) / positives.Length);
            return Math.Abs(RocCurve.TruePositiveRateAt(positives, negatives, percent / 100.0) - best) < 1e-12;
        });

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_rate_outside_its_range_is_refused(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RocCurve.TruePositiveRateAt([1], [0], rate));

    [Fact]
    public void Empty_sets_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RocCurve.Auc([], [1]));
        Assert.Throws<ArgumentException>(() => RocCurve.Auc([1], []));
        Assert.Throws<ArgumentException>(() => RocCurve.TruePositiveRateAt([1], [], 0));
    }
}
