using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch.Tests;
using static TorchSharp.torch;
using static Utaf.Models.Folding.Tests.Passes;

namespace Utaf.Models.Folding.Tests;

[Collection(TorchSession.Name)]
public sealed class EntryConvolutionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(1, 64, 3, 1, 1, true)]
    [InlineData(3, 16, 3, 2, 1, true)]
    [InlineData(3, 24, 3, 1, 0, false)]
    [InlineData(4, 33, 2, 2, 0, true)]
    public void Results_and_gradients_are_torchs(int channels, int kernels, int size, int stride, int padding, bool rectify)
    {
        manual_seed(4);
        using var convolution = nn.Conv2d(channels, kernels, size, stride, padding);
        var scale = rand(kernels) + 0.5;
        var entry = new EntryConvolution(convolution, new(convolution.weight.detach(), scale, convolution.bias!.detach(), rectify));
        using var owned = new FoldedStep(entry.Run, entry.Weights, entry.Transposed);
        var inputs = randn(5, channels, 12, 11);

        var (expected, slopes) = Pass(images => nn.functional.conv2d(images, convolution.weight.detach() * scale.view(-1, 1, 1, 1), convolution.bias!.detach(), [stride, stride], [padding, padding]) is var sums && rectify ? sums.relu() : sums, inputs);
        var (found, ofFound) = Pass(entry.Run, inputs);
        var (_, ofTurned) = Pass(entry.Run, inputs.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));

        Near(expected, found);
        Near(slopes, ofFound);
        Near(slopes, ofTurned);
        Assert.False(entry.Run(inputs).requires_grad);
    }

    [Fact]
    public void Height_and_width_have_sizes_strides_and_borders_of_their_own()
    {
        manual_seed(5);
        using var convolution = nn.Conv2d(2, 16, (3, 2), (2, 1), (1, 0));
        var entry = new EntryConvolution(convolution, new(convolution.weight.detach(), null, convolution.bias!.detach(), Rectify: false));
        using var owned = new FoldedStep(entry.Run, entry.Weights, entry.Transposed);
        var inputs = randn(3, 2, 9, 6);

        var (expected, slopes) = Pass(images => nn.functional.conv2d(images, convolution.weight.detach(), convolution.bias!.detach(), [2, 1], [1, 0]), inputs);
        var (found, ofFound) = Pass(entry.Run, inputs);

        Near(expected, found);
        Near(slopes, ofFound);
    }

    [Theory]
    [InlineData(1, 32, 3, 1, true)]
    [InlineData(4, 64, 3, 1, true)]
    [InlineData(5, 64, 3, 1, false)]
    [InlineData(3, 31, 3, 1, false)]
    [InlineData(3, 64, 7, 1, false)]
    [InlineData(3, 64, 3, 2, false)]
    public void Few_channels_and_many_kernels_of_few_pixels_suit(int channels, int kernels, int size, int dilation, bool suits)
    {
        Assert.SkipUnless(FrozenOperation.AreFast, "The processor has no fused multiply-adds of vectors: nothing suits.");
        using Conv2d convolution = nn.Conv2d(channels, kernels, size, dilation: dilation);
        var folded = new FoldedKernels(convolution.weight, null, convolution.bias!, Rectify: false);

        Assert.Equal(suits, EntryConvolution.Suits(convolution, folded, ScalarType.Float32));
        Assert.False(EntryConvolution.Suits(convolution, folded, ScalarType.BFloat16));
    }

    public void Dispose() => scope.Dispose();

    private static void Near(Tensor expected, Tensor found) => Passes.Near(expected, found, 1e-5);
}
