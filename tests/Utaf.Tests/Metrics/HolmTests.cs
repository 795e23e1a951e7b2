using CsCheck;
using Utaf.Metrics;

namespace Utaf.Tests.Metrics;

public sealed class HolmTests
{
    private static readonly Gen<double[]> PValues = Gen.Double[0, 1].Array[0, 12];

    [Fact]
    public void The_smallest_is_multiplied_by_all_the_next_by_one_less()
    {
        // By hand: 4·0.005 = 0.02; 3·0.01 = 0.03; 2·0.03 = 0.06; 1·0.04 = 0.04, which may not fall below the one before.
        double[] expected = [0.03, 0.06, 0.06, 0.02];
        var found = Holm.Adjust([0.01, 0.04, 0.03, 0.005]);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void One_suspect_alone_needs_no_correction() => Assert.Equal([0.2], Holm.Adjust([0.2]));

    [Fact]
    public void No_suspect_gives_no_value() => Assert.Empty(Holm.Adjust([]));

    [Fact]
    public void None_exceeds_one_or_falls_below_its_own() => PValues.Sample(values =>
        Assert.All(Holm.Adjust(values).Zip(values), pair => Assert.InRange(pair.First, pair.Second, 1)));

    [Fact]
    public void The_order_of_the_suspects_does_not_matter() => PValues.Sample(values =>
        Assert.Equal(Holm.Adjust(values).Reverse(), Holm.Adjust([.. values.Reverse()])));

    [Fact]
    public void It_rejects_what_the_step_down_procedure_rejects() => Gen.Select(PValues, Gen.Double[0.001, 0.999]).Sample((values, level) =>
    {
        // The procedure itself: go up from the smallest, stop at the first that is above level/(m - rank).
        var sorted = values.Order().ToArray();
        var rejected = sorted.TakeWhile((p, rank) => (values.Length - rank) * p <= level).Count();
        Assert.Equal(rejected, Holm.Adjust(values).Count(p => p <= level));
    });

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_is_refused(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Holm.Adjust([value]));
}
