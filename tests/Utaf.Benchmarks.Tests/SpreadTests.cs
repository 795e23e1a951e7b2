using Utaf.Benchmarks.Speed;

namespace Utaf.Benchmarks.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void The_median_of_an_odd_number_is_the_middle_one() =>
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));

    [Fact]
    public void The_median_of_an_even_number_is_between_the_middle_two() =>
        Assert.Equal(new Spread(3, 1, 8), Spread.Of([8, 4, 1, 2]));

    [Fact]
    public void Ratios_are_those_of_neighbours_not_of_the_medians()
    {
        // The second pair was measured while the machine was ten times slower: its ratio is what it was before.
        var ratios = Spread.OfRatios([1, 10, 2], [2, 20, 4]);

        Assert.Equal(new Spread(0.5, 0.5, 0.5), ratios);
    }

    [Fact]
    public void What_has_no_partner_is_refused() =>
        Assert.Throws<ArgumentException>(() => Spread.OfRatios([1, 2], [1]));

    [Fact]
    public void Contestants_run_in_turn()
    {
        var order = new List<string>();

        var pairs = Alternation.Run(2, repeat => Note($"ours {repeat}"), repeat => Note($"reference {repeat}"));

        Assert.Equal(["ours 0", "reference 0", "ours 1", "reference 1"], order);
        Assert.Equal([(1, 2), (3, 4)], pairs);

        int Note(string who)
        {
            order.Add(who);
            return order.Count;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Growth_as_a_power_has_that_power_as_its_exponent(double power) =>
        Assert.Equal(power, GrowthSpeed.Exponent([.. ((double[])[25, 50, 400]).Select(x => (x, 3 * Math.Pow(x, power)))]), 1e-9);
}
