namespace Utaf.Construction.Tests;

public sealed class ThresholdTests
{
    [Fact]
    public void One_half_is_kept_where_nothing_is_better() => Assert.Equal(0.5, Threshold.Choose(new([0.9, 0.8, 0.7], [0.1, 0.2, 0.3], 0)));

    [Fact]
    public void One_half_is_kept_when_another_threshold_wins_only_one_model_more() =>
        Assert.Equal(0.5, Threshold.Choose(new([0.9, 0.8, 0.7, 0.45], [0.1, 0.2, 0.3, 0.4], 0)));

    [Fact]
    public void The_middle_of_the_plateau_is_taken_when_it_wins_two_models() =>
        // 0.30 … 0.40 separate everything.
        Assert.Equal(0.35, Threshold.Choose(new([0.9, 0.8, 0.41, 0.401], [0.1, 0.2, 0.25, 0.30], 0)), 6);

    [Fact]
    public void Negatives_above_one_half_move_it_up() =>
        Assert.Equal(0.75, Threshold.Choose(new([0.801, 0.9, 0.95, 0.99], [0.2, 0.6, 0.65, 0.70], 0)), 6);

    [Fact]
    public void It_never_leaves_the_open_interval() =>
        Assert.InRange(Threshold.Choose(new([0.004, 0.003, 0.006], [0.001, 0.001, 0.002], 0)), 0.001, 0.999);
}
