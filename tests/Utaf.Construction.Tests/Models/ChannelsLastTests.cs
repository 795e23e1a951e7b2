using TorchSharp;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class ChannelsLastTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Kernels_of_many_channels_lie_with_the_channels_last_and_are_what_they_were()
    {
        using var network = Of(nn.Conv2d(32, 8, 3));
        var kernel = Kernel(network);
        var (before, inputs) = (kernel.clone(), randn(2, 32, 6, 6));
        var answers = network.Forward(inputs);

        ChannelsLast.Apply(network);

        Assert.Equal([288, 1, 96, 32], Kernel(network).stride());
        Assert.Equal(before.data<float>(), Kernel(network).contiguous().data<float>());
        Assert.True((network.Forward(inputs) - answers).abs().max().item<float>() < 1e-5f);
    }

    [Fact]
    public void Few_channels_stay_as_they_lie()
    {
        using var network = Of(nn.Conv2d(31, 8, 3));

        ChannelsLast.Apply(network);

        Assert.Equal([279, 9, 3, 1], Kernel(network).stride());
    }

    [Theory]
    [InlineData(7, 2, true)]
    [InlineData(2, 2, true)]
    [InlineData(8, 2, false)]
    [InlineData(1, 2, false)]
    [InlineData(7, 1, false)]
    public void A_network_whose_strided_pixels_would_break_stays_as_it_lies(int channels, int stride, bool stays)
    {
        using var network = Of(nn.Conv2d(32, channels, 3), nn.Conv2d(channels, 4, 1, stride: stride));

        ChannelsLast.Apply(network);

        Assert.Equal(stays ? 1 : 32, Kernel(network).stride()[3]);
    }

    public void Dispose() => scope.Dispose();

    private static Network Of(params nn.Module<Tensor, Tensor>[] layers) => new(new Mlp([1]), nn.Sequential(layers), OutputForm.Raw);

    private static Tensor Kernel(Network network) => network.Parameters[0].Tensor;
}
