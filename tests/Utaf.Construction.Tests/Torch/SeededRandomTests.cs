using TorchSharp;

namespace Utaf.Torch.Tests;

[Collection(TorchSession.Name)]
public class SeededRandomTests
{
    private const int Draws = 100_000;

    [Fact]
    public void The_same_seed_and_name_give_the_same_numbers()
    {
        var (first, second) = (new SeededRandom(7, "member"), new SeededRandom(7, "member"));

        Assert.Equal(Enumerable.Range(0, 100).Select(_ => first.NextUInt64()), Enumerable.Range(0, 100).Select(_ => second.NextUInt64()));
    }

    [Theory]
    [InlineData(8, "member")]
    [InlineData(7, "Member")]
    [InlineData(7, "")]
    public void Another_seed_or_name_gives_other_numbers(ulong seed, string name) =>
        Assert.NotEqual(new SeededRandom(7, "member").NextUInt64(), new SeededRandom(seed, name).NextUInt64());

    [Fact]
    public void Doubles_are_uniform_in_the_unit_interval()
    {
        var random = new SeededRandom(1, "uniform");
        var numbers = Enumerable.Range(0, Draws).Select(_ => random.NextDouble()).ToArray();

        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1e-17));
        Assert.Equal(0.5, numbers.Average(), 5 / Math.Sqrt(12 * Draws));
        RequireEven(numbers.GroupBy(number => (int)(number * 20)).Select(group => group.Count()), 20);
    }

    [Fact]
    public void Whole_numbers_are_uniform_below_the_bound()
    {
        var random = new SeededRandom(2, "integers");

        RequireEven(Enumerable.Range(0, Draws).Select(_ => random.NextInt32(7)).GroupBy(number => number).Select(group => group.Count()), 7);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_a_standard_normal()
    {
        var random = new SeededRandom(3, "normal");
        var numbers = Enumerable.Range(0, Draws).Select(_ => random.NextNormal()).ToArray();

        // Five standard errors of each moment's estimate.
        Assert.Equal(0, numbers.Average(), 5 / Math.Sqrt(Draws));
        Assert.Equal(1, numbers.Average(x => x * x), 5 * Math.Sqrt(2.0 / Draws));
        Assert.Equal(0, numbers.Average(x => x * x * x), 5 * Math.Sqrt(15.0 / Draws));
        Assert.Equal(3, numbers.Average(x => x * x * x * x), 5 * Math.Sqrt(96.0 / Draws));
        Assert.Equal(0, numbers.Zip(numbers.Skip(1), (a, b) => a * b).Average(), 5 / Math.Sqrt(Draws));
    }

    [Fact]
    public void A_permutation_holds_each_number_once_and_each_place_is_as_likely()
    {
        var random = new SeededRandom(4, "permutation");
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), random.Permutation(1000).Order());

        var places = Enumerable.Range(0, 20_000).Select(_ => Array.IndexOf(random.Permutation(5), 0L)).GroupBy(place => place).Select(group => group.Count());
        RequireEven(places, 5);
    }

    [Fact]
    public void A_tensor_is_filled_with_numbers_of_the_asked_scale()
    {
        using var scope = torch.NewDisposeScope();
        var random = new SeededRandom(5, "tensors");

        var (uniform, normal) = (random.Uniform([100, 200], 0.25), random.Normal([100, 200], 3));

        Assert.Equal([100, 200], uniform.shape);
        Assert.InRange(uniform.abs().max().ToSingle(), 0.249f, 0.25f);
        Assert.Equal(3, normal.std().ToSingle(), 0.1);
    }

    /// <summary>Pearson's statistic stays below its mean and seven deviations.</summary>
    private static void RequireEven(IEnumerable<int> counts, int classes)
    {
        var found = counts.ToArray();
        Assert.Equal(classes, found.Length);
        var expected = found.Sum() / (double)classes;
        var statistic = found.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(statistic, 0.001, (classes - 1) + (7 * Math.Sqrt(2.0 * (classes - 1))));
    }
}
