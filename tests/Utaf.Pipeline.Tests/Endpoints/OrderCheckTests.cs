using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints;

public sealed class OrderCheckTests
{
    private static readonly float[][] Earlier = [[0.1f, 0.9f], [0.5f, 0.5f], [0.8f, 0.2f], [0.3f, 0.7f]];

    [Fact]
    public void The_same_answers_are_kept_even_if_the_last_digits_differ() =>
        Assert.Equal(OrderFinding.Kept, OrderCheck.Compare(Earlier, [2, 0], [[0.8004f, 0.1996f], [0.1f, 0.9f]]));

    [Fact]
    public void Swapped_answers_are_reordered() =>
        Assert.Equal(OrderFinding.Changed, OrderCheck.Compare(Earlier, [2, 0], [[0.1f, 0.9f], [0.8f, 0.2f]]));

    [Fact]
    public void An_answer_that_another_input_of_the_batch_had_is_reordered() =>
        Assert.Equal(OrderFinding.Changed, OrderCheck.Compare(Earlier, [2], [[0.3f, 0.7f]]));

    [Fact]
    public void An_answer_that_nobody_had_varies() =>
        Assert.Equal(OrderFinding.Varying, OrderCheck.Compare(Earlier, [2, 0], [[0.8f, 0.2f], [0.15f, 0.85f]]));

    [Fact]
    public void One_earlier_answer_is_not_given_to_two() =>
        Assert.Equal(OrderFinding.Varying, OrderCheck.Compare(Earlier, [2, 0], [[0.5f, 0.5f], [0.5f, 0.5f]]));

    [Fact]
    public void Of_answers_that_agree_with_several_each_finds_its_own()
    {
        // The first agrees with both earlier ones, the second with the first of them only.
        float[][] earlier = [[1f], [1.0008f]];
        Assert.Equal(OrderFinding.Changed, OrderCheck.Compare(earlier, [0, 1], [[1.0004f], [0.9996f]]));
    }

    [Fact]
    public void Equal_answers_tell_nothing_and_are_kept() =>
        Assert.Equal(OrderFinding.Kept, OrderCheck.Compare([[0f, 0f], [0f, 0f]], [1], [[0f, 0f]]));
}
