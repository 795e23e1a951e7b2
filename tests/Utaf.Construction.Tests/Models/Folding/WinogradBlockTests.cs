using TorchSharp;
using Utaf.Torch.Tests;
using static TorchSharp.torch;
using static Utaf.Models.Folding.Tests.Passes;

namespace Utaf.Models.Folding.Tests;

[Collection(TorchSession.Name)]
public sealed class WinogradBlockTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(40, 48, 9, 7)]
    [InlineData(64, 32, 4, 4)]
    [InlineData(33, 33, 6, 5)]
    public void Results_and_gradients_are_torchs(int width, int middle, int height, int columns)
    {
        manual_seed(2);
        var (first, second) = (Kernels(width, middle, rectify: true), Kernels(middle, width, rectify: false));
        using var owned = Block(first, second, out var block);
        var inputs = randn(3, width, height, columns);

        var (expected, slopes) = Pass(signal => Whole(first, second, signal), inputs);
        var (found, ofFound) = Pass(block.Run, inputs);

        Assert.InRange((expected - found).abs().max().ToDouble(), 0, 3e-5 * (1 + expected.abs().max().ToDouble()));
        Assert.All(found.data<float>(), value => Assert.True(value >= 0));

        // Where a sum is next to zero, a rounding decides whether ReLU lets its gradient through.
        Assert.InRange((slopes - ofFound).norm().ToDouble(), 0, 0.01 * slopes.norm().ToDouble());
    }

    [Fact]
    public void The_way_back_needs_nothing_that_may_be_disposed_by_then_and_leaves_nothing_behind()
    {
        manual_seed(3);
        var (first, second) = (Kernels(32, 32, rectify: true), Kernels(32, 32, rectify: false));
        var inputs = randn(2, 32, 5, 5);
        Tensor expected;
        using (NewDisposeScope())
        {
            expected = Gradient(dispose: false).MoveToOuterDisposeScope();
        }

        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            Assert.True(expected.eq(Gradient(dispose: true)).all().ToBoolean());
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        Tensor Gradient(bool dispose)
        {
            var leaf = inputs.clone().requires_grad_();
            var owned = Block(first, second, out var block);
            Tensor results;
            using (NewDisposeScope())
            {
                // As a network does: what was made on the way ends before the way back.
                results = block.Run(leaf).MoveToOuterDisposeScope();
            }

            if (dispose)
            {
                owned.Dispose();
            }

            results.sum().backward();
            owned.Dispose();
            return leaf.grad!;
        }
    }

    [Fact]
    public void Without_a_gradient_there_is_no_graph()
    {
        var (first, second) = (Kernels(32, 32, rectify: true), Kernels(32, 32, rectify: false));
        using var owned = Block(first, second, out var block);

        Assert.False(block.Run(randn(2, 32, 5, 5)).requires_grad);
    }

    [Theory]
    [InlineData(32, true, false, true)]
    [InlineData(32, false, false, false)]
    [InlineData(32, true, true, false)]
    [InlineData(40, true, false, false)]
    public void Only_two_convolutions_around_a_ReLU_that_return_to_the_width_are_a_block(int width, bool firstRectifies, bool secondRectifies, bool isBlock)
    {
        FoldedStep[] body = [ConvolutionSteps.Transformed(Kernels(32, 48, firstRectifies)), ConvolutionSteps.Transformed(Kernels(48, 32, secondRectifies))];

        Assert.Equal(isBlock, WinogradBlock.TryMake(body, width) is not null);
        Assert.Null(WinogradBlock.TryMake(body[..1], width));
        Assert.Null(WinogradBlock.TryMake([.. body, new(signal => signal)], width));

        Array.ForEach(body, step => step.Dispose());
    }

    public void Dispose() => scope.Dispose();

    private static FoldedKernels Kernels(int channels, int count, bool rectify) =>
        new(randn(count, channels, 3, 3) * 0.1, rand(count) + 0.5, randn(count), rectify);

    private static FoldedStep Block(FoldedKernels first, FoldedKernels second, out WinogradBlock block)
    {
        FoldedStep[] body = [ConvolutionSteps.Transformed(first), ConvolutionSteps.Transformed(second)];
        block = WinogradBlock.TryMake(body, (int)first.Channels)!;
        return new(block.Run, [.. body.SelectMany(step => step.Owned)]);
    }

    private static Tensor Whole(FoldedKernels first, FoldedKernels second, Tensor signal) => (Convolve(second, Convolve(first, signal).relu()) + signal).relu();

    private static Tensor Convolve(FoldedKernels kernels, Tensor signal) =>
        nn.functional.conv2d(signal, kernels.Weight * kernels.Scale!.view(-1, 1, 1, 1), kernels.Shifts, padding: [1, 1]);
}
