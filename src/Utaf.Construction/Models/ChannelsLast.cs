using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// Lays out the kernels of convolutions with the channels last, [filters, height, width, channels]: torch then computes in
/// that layout, in which the processor's vectors are full of channels and nothing has to be laid out anew.
/// </summary>
internal static class ChannelsLast
{
    // With fewer channels vectors are seldom full. What it brings with more is in docs/speed.md.
    private const long FewestChannels = 32;

    // A vector of AVX2.
    private const long FewestOfStridedPixels = 8;

    /// <summary>
    /// Whether torch's convolution writes beyond its memory in this layout: oneDNN's does on processors with AVX2 and without
    /// AVX-512 where kernels of one pixel have a stride, and channels that do not fill a vector. One channel has no layout.
    /// </summary>
    /// <param name="convolution">Its kernel's size and its stride count.</param>
    /// <param name="channels">Of its input; fewer than it was made with where some were pruned.</param>
    public static bool Breaks(Conv2d convolution, long channels) =>
        convolution.kernel_size.All(size => size == 1) && convolution.stride.Any(stride => stride > 1) && channels is > 1 and < FewestOfStridedPixels;

    /// <summary>Images as they lie with the channels last, [N, height, width, channels], contiguous: a copy where they lie otherwise.</summary>
    /// <param name="images">[N, channels, height, width].</param>
    public static Tensor Rows(Tensor images) => images.permute(0, 2, 3, 1).contiguous();

    /// <summary>Room for images of float32 that lie so, [N, channels, height, width]; a view of nothing else.</summary>
    public static Tensor Empty(long count, long channels, long height, long width) =>
        empty_strided([count, channels, height, width], [height * width * channels, 1, width * channels, channels], ScalarType.Float32);

    /// <summary>
    /// Changes how a network's kernels lie in memory, not what they are; where that is slower, nothing. Nor in a TorchScript model:
    /// its code may view activations in a way that only the usual layout allows.
    /// </summary>
    public static void Apply(Network network)
    {
        if (network.Module is jit.ScriptModule)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor[] kernels = [.. network.Parameters.Select(parameter => parameter.Tensor).Where(tensor => tensor.dim() == 4 && tensor.dtype == ScalarType.Float32)];
        if (kernels.Length == 0 || kernels[0].device_type != DeviceType.CPU || kernels.Max(kernel => kernel.shape[1]) < FewestChannels)
        {
            return;
        }

        if (network.Module.modules().OfType<Conv2d>().Any(convolution => Breaks(convolution, convolution.in_channels)))
        {
            return;
        }

        foreach (var kernel in kernels)
        {
            kernel.set_(kernel.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        }
    }
}
