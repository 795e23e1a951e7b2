namespace Utaf.Data.Tests;

public class PermutationTests
{
    [Fact]
    public void A_seed_gives_the_order_that_an_independent_implementation_gives()
    {
        Assert.Equal([8, 3, 6, 5, 4, 0, 9, 2, 1, 7], Permutation.Of(10, 42));
        Assert.Equal([4, 9, 2, 1, 6, 0, 8, 3, 5, 7], Permutation.Of(10, 43));
    }

    [Fact]
    public void Every_index_occurs_once()
    {
        Assert.Equal(Enumerable.Range(0, 1000), Permutation.Of(1000, 7).Order());
        Assert.Empty(Permutation.Of(0, 7));
    }

    [Fact]
    public void Every_place_is_equally_likely()
    {
        // 6000 shuffles of 6: each place is expected 1000 times, with a standard deviation of 29.
        var counts = new int[6];
        for (var seed = 0UL; seed < 6000; seed++)
        {
            counts[Array.IndexOf(Permutation.Of(6, seed), 0)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }
}
