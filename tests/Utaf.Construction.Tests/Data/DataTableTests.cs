namespace Utaf.Data.Tests;

public class DataTableTests
{
    private static readonly DataTable Five = new([2], [0, 1, 10, 11, 20, 21, 30, 31, 40, 41], 1, [0, 1, 2, 3, 4], "five.csv");

    [Fact]
    public void Count_and_size_follow_from_the_arrays()
    {
        var table = new DataTable([3, 2, 2], new float[48], 2, new float[8], "x");

        Assert.Equal(4, table.Count);
        Assert.Equal(12, table.ExampleSize);
    }

    [Fact]
    public void Data_without_targets_is_split_and_reshaped_like_any_other()
    {
        var table = new DataTable([4], new float[40], 0, [], "x");

        var (first, second) = table.WithInputShape([1, 2, 2]).Halve(1);

        Assert.Equal((5, 5), (first.Count, second.Count));
        Assert.Equal([1, 2, 2], second.InputShape);
        Assert.Empty(second.Targets);
    }

    [Fact]
    public void Arrays_that_do_not_fit_the_shape_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new DataTable([2], new float[5], 0, [], "x"));
        Assert.Throws<ArgumentException>(() => new DataTable([2], new float[4], 1, new float[3], "x"));
        Assert.Throws<ArgumentException>(() => new DataTable([0], [], 0, [], "x"));
    }

    [Fact]
    public void A_subset_keeps_inputs_targets_and_rows_together()
    {
        var subset = (Five with { Rows = [2, 3, 5, 6, 7] }).Subset([4, 0, 2]);

        Assert.Equal([40f, 41, 0, 1, 20, 21], subset.Inputs);
        Assert.Equal([4f, 0, 2], subset.Targets);
        Assert.Equal([7, 2, 5], subset.Rows!);
        Assert.Equal(2, Five.Subset([1]).RowOf(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void A_subset_outside_the_data_is_refused(int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Five.Subset([index]));

    [Theory]
    [InlineData(0.4, 2)]
    [InlineData(0.01, 1)]
    [InlineData(0.99, 4)]
    public void A_split_has_the_asked_share_and_loses_nothing(double fraction, int expected)
    {
        var (first, second) = Five.Split(fraction, seed: 3);

        Assert.Equal(expected, first.Count);
        Assert.Equal([0f, 1, 2, 3, 4], first.Targets.Concat(second.Targets).Order());
    }

    [Fact]
    public void A_split_repeats_with_its_seed_only()
    {
        var table = new DataTable([1], [.. Enumerable.Range(0, 100).Select(i => (float)i)], 0, [], "x");

        Assert.Equal(table.Halve(1).First.Inputs, table.Halve(1).First.Inputs);
        Assert.NotEqual(table.Halve(1).First.Inputs, table.Halve(2).First.Inputs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_fraction_outside_the_open_interval_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Five.Split(fraction, 1));

    [Fact]
    public void One_example_cannot_be_split() =>
        Assert.Equal("UTAF1209", Assert.Throws<UtafException>(() => Five.Subset([0]).Halve(1)).Diagnostic.Code);

    [Fact]
    public void Another_shape_must_have_the_same_size()
    {
        Assert.Equal([1, 2], Five.WithInputShape([1, 2]).InputShape);

        var error = Assert.Throws<UtafException>(() => Five.WithInputShape([3])).Diagnostic;
        Assert.Equal("UTAF1206", error.Code);
        Assert.Contains("expected [3] (3 numbers per example), found [2] (2 numbers per example)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_is_of_shapes_and_numbers()
    {
        var table = new DataTable([2], [1, 2, 3, 4], 1, [0, 1], "a");

        // Of the little-endian int32 1, 2, 1, 2 (rank, shape, target width, N) and the float32 numbers.
        Assert.Equal("b9b9509d4837e0522e7fc60575dc84451c075618b2dfc8d32a1ac50bc0c3f268", table.Sha256());
        Assert.Equal(table.Sha256(), (table with { Origin = "b", Rows = [5, 6] }).Sha256());
        Assert.NotEqual(table.Sha256(), table.WithInputShape([1, 2]).Sha256());
        Assert.NotEqual(table.Sha256(), new DataTable([2], [1, 2, 3, 4], 1, [1, 1], "a").Sha256());
    }
}
