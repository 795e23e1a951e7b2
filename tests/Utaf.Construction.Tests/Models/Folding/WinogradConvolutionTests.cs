using System.Runtime.Intrinsics.X86;
using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch.Tests;
using static TorchSharp.torch;
using static Utaf.Models.Folding.Tests.Passes;

namespace Utaf.Models.Folding.Tests;

[Collection(TorchSession.Name)]
public sealed class WinogradConvolutionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(9, 7, true)]
    [InlineData(9, 7, false)]
    [InlineData(3, 20, true)]
    [InlineData(2, 2, false)]
    public void Results_and_gradients_are_torchs(int height, int width, bool rectify)
    {
        manual_seed(1);
        var (weight, bias) = (randn(40, 33, 3, 3) * 0.1, randn(40));
        var convolution = new WinogradConvolution(new(weight, null, bias, rectify));
        using var owned = Step(convolution);
        var inputs = randn(5, 33, height, width);

        var (expected, slopes) = Pass(images => nn.functional.conv2d(images, weight, bias, padding: [1, 1]) is var sums && rectify ? sums.relu() : sums, inputs);
        var (found, ofFound) = Pass(convolution.Run, inputs);

        Near(expected, found);

        // Where a sum is next to zero, a rounding decides whether ReLU lets its gradient through.
        Assert.InRange((slopes - ofFound).norm().ToDouble(), 0, 0.01 * slopes.norm().ToDouble());
    }

    [Fact]
    public void Inputs_may_lie_in_any_way()
    {
        var convolution = new WinogradConvolution(new(randn(32, 32, 3, 3), null, randn(32), Rectify: true));
        using var owned = Step(convolution);
        var inputs = randn(3, 32, 6, 6);

        var found = convolution.Run(inputs.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));

        Assert.True(found.eq(convolution.Run(inputs)).all().ToBoolean());
        Assert.True(found.eq(convolution.Run(cat([inputs, inputs], 3).narrow(3, 0, 6))).all().ToBoolean());
    }

    [Fact]
    public void What_follows_may_change_the_results_in_place()
    {
        var convolution = new WinogradConvolution(new(randn(32, 32, 3, 3), null, randn(32), Rectify: false));
        using var owned = Step(convolution);
        var inputs = randn(2, 32, 5, 5);

        var (_, plain) = Pass(convolution.Run, inputs);
        var (_, doubled) = Pass(images => convolution.Run(images).mul_(2), inputs);

        Near(plain * 2, doubled);
    }

    [Fact]
    public void Without_a_gradient_there_is_no_graph_and_nothing_stays_behind()
    {
        var convolution = new WinogradConvolution(new(randn(32, 32, 3, 3), null, randn(32), Rectify: true));
        using var owned = Step(convolution);
        var inputs = randn(2, 32, 5, 5);
        Assert.False(convolution.Run(inputs).requires_grad);
        using (no_grad())
        {
            Assert.False(convolution.Run(inputs.clone().requires_grad_()).requires_grad);
        }

        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            _ = Pass(convolution.Run, inputs);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_way_back_needs_nothing_that_may_be_disposed_by_then()
    {
        var (weight, bias) = (randn(32, 32, 3, 3), randn(32));
        var inputs = randn(2, 32, 5, 5);
        var leaf = inputs.clone().requires_grad_();
        Tensor results;
        using (var owned = Step(new WinogradConvolution(new(weight, null, bias, Rectify: true))))
        {
            results = owned.Run(leaf);
        }

        results.sum().backward();

        using var other = Step(new WinogradConvolution(new(weight, null, bias, Rectify: true)));
        var again = inputs.clone().requires_grad_();
        other.Run(again).sum().backward();
        Near(again.grad!, leaf.grad!);
    }

    [Theory]
    [InlineData(32, 32, 3, 1, 1, 1, 4, true)]
    [InlineData(31, 32, 3, 1, 1, 1, 4, false)]
    [InlineData(32, 31, 3, 1, 1, 1, 4, false)]
    [InlineData(32, 32, 5, 1, 1, 1, 4, false)]
    [InlineData(32, 32, 3, 2, 1, 1, 4, false)]
    [InlineData(32, 32, 3, 1, 0, 1, 4, false)]
    [InlineData(32, 32, 3, 1, 1, 2, 4, false)]
    [InlineData(32, 32, 3, 1, 1, 1, 3, false)]
    public void Only_kernels_of_nine_numbers_that_see_every_pixel_of_more_than_a_few_suit(int channels, int kernels, int size, int stride, int padding, int dilation, int side, bool suits)
    {
        Assert.SkipUnless(Fma.IsSupported, "The processor has no fused multiply-adds of vectors: nothing suits.");
        using Conv2d convolution = nn.Conv2d(channels, kernels, size, stride, padding, dilation);

        Assert.Equal(suits, Suits(ScalarType.Float32, 8, side));
        Assert.Equal(suits, Suits(ScalarType.Float32, side, 8));
        Assert.False(Suits(ScalarType.BFloat16, 8, side));

        bool Suits(ScalarType type, int height, int width) => WinogradConvolution.Suits(convolution, new(convolution.weight, null, convolution.bias!, Rectify: false), type, new(height, width));
    }

    public void Dispose() => scope.Dispose();

    private static FoldedStep Step(WinogradConvolution convolution) => new(convolution.Run, convolution.Taps, convolution.Shifts);

    private static void Near(Tensor expected, Tensor found) => Passes.Near(expected, found, 3e-5);
}
