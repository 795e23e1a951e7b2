using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch.Tests;

[Collection(TorchSession.Name)]
public sealed class SideBySideTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable threads = TorchRuntime.WithThreads(3);

    [Theory]
    [InlineData(100, new long[] { 33, 33, 34 })]
    [InlineData(24, new long[] { 8, 8, 8 })]
    [InlineData(23, new long[] { 11, 12 })]
    [InlineData(15, new long[] { 15 })]
    [InlineData(1, new long[] { 1 })]
    public void A_batch_is_divided_evenly_and_small_ones_less(int examples, long[] sizes)
    {
        var batch = arange(examples * 2, ScalarType.Float32).view(examples, 2);

        var parts = SideBySide.Parts(batch);

        Assert.Equal(sizes, parts.Select(part => part.shape[0]));
        Assert.True(cat([.. parts]).eq(batch).all().ToBoolean());
    }

    [Fact]
    public void All_parts_are_done_at_the_same_time_on_threads_on_which_torch_computes_alone()
    {
        var (identities, counts) = (new int[3], new int[3]);
        using var meeting = new Barrier(3);

        var results = SideBySide.Run(3, part =>
        {
            Assert.True(meeting.SignalAndWait(TimeSpan.FromMinutes(1)));
            (identities[part], counts[part]) = (Environment.CurrentManagedThreadId, get_num_threads());
            return tensor(part);
        });

        Assert.Equal([0, 1, 2], results.Select(result => result.ToInt32()));
        Assert.Equal(3, identities.Append(Environment.CurrentManagedThreadId).Distinct().Count() - 1);
        Assert.Equal([1, 1, 1], counts);
        Assert.Equal(3, get_num_threads());
        var seen = 0;
        var other = new Thread(() => seen = get_num_threads());
        other.Start();
        other.Join();
        Assert.Equal(3, seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_are_kept_as_on_the_callers_thread(bool kept)
    {
        var leaf = ones(2).requires_grad_();
        using var mode = set_grad_enabled(kept);

        Assert.All(SideBySide.Run(2, _ => leaf * 2), result => Assert.Equal(kept, result.requires_grad));
    }

    [Fact]
    public void A_graph_that_one_thread_made_another_goes_back_through()
    {
        Tensor[] leaves = [ones(2).requires_grad_(), ones(2).requires_grad_()];
        var results = SideBySide.Run(2, part => (leaves[part] * (part + 1)).sum());

        var gradients = SideBySide.Run(2, part =>
        {
            results[part].backward();
            return leaves[part].grad!;
        });

        Assert.Equal([1f, 1f, 2f, 2f], cat(gradients).data<float>());
    }

    [Fact]
    public void Results_belong_to_the_callers_scope_and_nothing_else_is_left()
    {
        Tensor[] results;
        var between = new Tensor[2];
        using (NewDisposeScope())
        {
            results = SideBySide.Run(2, part => (between[part] = ones(3) * part) + 1);
            Assert.All(results, result => Assert.False(result.IsInvalid));
            Assert.All(between, tensor => Assert.True(tensor.IsInvalid));
        }

        Assert.All(results, result => Assert.True(result.IsInvalid));
    }

    [Fact]
    public void Where_there_are_more_threads_than_parts_each_part_has_several()
    {
        using var more = TorchRuntime.WithThreads(7);
        var counts = new int[3];

        _ = SideBySide.Run(3, part => tensor(counts[part] = get_num_threads()));

        Assert.Equal([2, 2, 2], counts);
        Assert.False(SideBySide.Fills(24));
        Assert.True(SideBySide.Fills(32));
    }

    [Fact]
    public void What_fails_fails_for_the_caller_when_all_have_ended()
    {
        var ended = false;

        var error = Assert.Throws<InvalidOperationException>(() => SideBySide.Run(2, part =>
        {
            if (part == 0)
            {
                throw new InvalidOperationException("broken");
            }

            Thread.Sleep(50);
            ended = true;
            return ones(1);
        }));

        Assert.Equal("broken", error.Message);
        Assert.True(ended);
        Assert.Equal(3, get_num_threads());
    }

    public void Dispose()
    {
        threads.Dispose();
        scope.Dispose();
    }
}
