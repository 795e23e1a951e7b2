using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>Frozen convolutions, with ReLU or without.</summary>
internal static class ConvolutionSteps
{
    /// <summary>By <see cref="WinogradConvolution"/>, which they must suit.</summary>
    /// <param name="kernels">Of 3×3.</param>
    public static FoldedStep Transformed(FoldedKernels kernels)
    {
        var convolution = new WinogradConvolution(kernels);
        return new(convolution.Run, convolution.Taps, convolution.Shifts) { Operations = [convolution] };
    }

    /// <summary>By <see cref="EntryConvolution"/>, which they must suit.</summary>
    /// <param name="convolution">Its stride and padding count.</param>
    /// <param name="kernels">Of few channels.</param>
    public static FoldedStep Entry(Conv2d convolution, FoldedKernels kernels)
    {
        var entry = new EntryConvolution(convolution, kernels);
        return new(entry.Run, entry.Weights, entry.Transposed) { Operations = [entry] };
    }

    /// <summary>By torch's.</summary>
    /// <param name="convolution">Its stride, padding and dilation count.</param>
    /// <param name="folded">Any kernels.</param>
    /// <param name="type">What it computes with.</param>
    public static FoldedStep Direct(Conv2d convolution, FoldedKernels folded, ScalarType type)
    {
        var kernels = folded.Laid([0, 2, 3, 1]).to_type(type).permute(0, 3, 1, 2).DetachFromDisposeScope();
        var shifts = folded.Shifts.to_type(type).clone().DetachFromDisposeScope();
        var relu = folded.Rectify;
        var (stride, padding, dilation) = (convolution.stride, convolution.padding, convolution.dilation);
        var pixels = ChannelsLast.Breaks(convolution, kernels.shape[1]);
        if (pixels)
        {
            (stride, padding) = ([1, 1], [0, 0]);
        }

        return new(
            signal =>
            {
                // The kernel sees only the pixels that the stride leaves.
                signal = pixels ? Strided(signal, convolution.stride, convolution.padding ?? [0, 0]) : signal;
                var products = nn.functional.conv2d(signal, kernels, shifts, stride, padding, dilation);
                return relu ? products.relu_() : products;
            },
            kernels,
            shifts);
    }

    private static Tensor Strided(Tensor images, long[] stride, long[] padding) =>
        nn.functional.pad(images, [padding[1], padding[1], padding[0], padding[0]])
            .slice(2, 0, images.shape[2] + (2 * padding[0]), stride[0])
            .slice(3, 0, images.shape[3] + (2 * padding[1]), stride[1]);
}
