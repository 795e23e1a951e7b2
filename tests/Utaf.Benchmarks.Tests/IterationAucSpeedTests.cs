using Utaf.Benchmarks.Speed;

namespace Utaf.Benchmarks.Tests;

public sealed class IterationAucSpeedTests
{
    [Fact]
    public void Times_are_those_at_which_both_first_were_as_good_as_the_reference_ever_was()
    {
        var row = IterationAucSpeed.Row([(Curve((1, 0.5), (2, 0.9), (3, 1)), Curve((10, 0.6), (20, 0.9), (30, 0.8)))], repeats: 5, threads: 2);

        Assert.Equal([2.0], row.Ours);
        Assert.Equal([20.0], row.Reference);
        Assert.True(row.Met);
    }

    [Fact]
    public void What_the_reference_ends_with_counts_from_where_each_has_it_for_good()
    {
        var theirs = Curve((10, 0.9), (20, 0.6), (30, 0.85), (40, 0.8));

        var row = IterationAucSpeed.EndRow([(Curve((1, 0.9), (2, 0.5), (3, 0.8), (4, 1)), theirs)]);
        var some = IterationAucSpeed.EndRow([(Curve((1, 0.9)), theirs), (Curve((1, 0.9), (2, 0.7)), theirs)]);

        Assert.Equal([3.0], row.Ours);
        Assert.Equal([30.0], row.Reference);
        Assert.True(row.Met);
        Assert.Equal([1.0], some.Ours);
        Assert.Equal([30.0], some.Reference);
        Assert.Null(some.Met);
        Assert.Contains("0.80, 0.80.", some.Note, StringComparison.Ordinal);
        Assert.Contains("in 1 of 2 pairs", some.Note, StringComparison.Ordinal);
        Assert.Null(IterationAucSpeed.EndRow([(Curve((1, 0.7)), theirs)]).Reference);
    }

    [Fact]
    public void A_pair_in_which_ours_does_not_get_there_does_not_count_and_is_told()
    {
        var row = IterationAucSpeed.Row([(Curve((1, 0.5)), Curve((10, 0.6)))], repeats: 1, threads: 2);

        Assert.Empty(row.Ours);
        Assert.Null(row.Met);
        Assert.Contains("0 of 1 pairs", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_pairs_alone_are_not_judged()
    {
        var there = (Curve((1, 0.7)), Curve((10, 0.6)));
        var row = IterationAucSpeed.Row([there, (Curve((1, 0.5)), Curve((10, 0.6))), there], repeats: 3, threads: 2);

        Assert.Equal(2, row.Ours.Count);
        Assert.Null(row.Met);
        Assert.Contains("2 of 3 pairs", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_that_never_reaches_the_best_of_both_has_all_of_its_time_counted()
    {
        var ours = Curve((1, 0.5), (2, 1));

        var row = IterationAucSpeed.BestOfBothRow([(ours, Curve((10, 0.6), (20, 0.9))), (ours, Curve((5, 1))), (ours, Curve((3, 0.7), (4, 0.2)))]);

        Assert.Equal([2, 2, 2], row.Ours);
        Assert.Equal([20, 5, 4], row.Reference);
        Assert.Null(row.Met);
        Assert.Contains("Too large a bound", row.Note, StringComparison.Ordinal);
        Assert.True(IterationAucSpeed.BestOfBothRow([(ours, Curve((10, 0.6), (20, 0.9)))]).Met);
        Assert.Contains("3 of 3 pairs: 1.00, 1.00, 1.00.", row.Note, StringComparison.Ordinal);
        Assert.Contains("did not reach it in 2 of them", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_both_reach_the_best_of_both_the_time_of_each_counts()
    {
        var row = IterationAucSpeed.BestOfBothRow([(Curve((1, 0.5), (2, 1)), Curve((8, 0.5), (9, 1), (30, 1)))]);

        Assert.Equal([2], row.Ours);
        Assert.Equal([9], row.Reference);
        Assert.True(row.Met);
        Assert.DoesNotContain("PyTorch", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_measured_where_ours_never_has_the_best_of_both()
    {
        var row = IterationAucSpeed.BestOfBothRow([(Curve((1, 0.5)), Curve((8, 0.9)))]);

        Assert.Empty(row.Ours);
        Assert.Null(row.Reference);
        Assert.Null(row.Met);
        Assert.Contains("none of 1 pairs", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_judged_where_the_reference_is_the_best_of_both()
    {
        var row = IterationAucSpeed.BestOfBothRow([(Curve((1, 0.5), (2, 0.8)), Curve((10, 0.9))), (Curve((1, 1)), Curve((10, 0.9)))]);

        Assert.Equal([1], row.Ours);
        Assert.Equal([10], row.Reference);
        Assert.Null(row.Met);
        Assert.Contains("Not judged", row.Note, StringComparison.Ordinal);
    }

    private static List<StageLine> Curve(params (double Seconds, double Auc)[] points) =>
        [.. points.Select(point => new StageLine("auc", point.Seconds, new Dictionary<string, double> { ["auc"] = point.Auc }))];
}
