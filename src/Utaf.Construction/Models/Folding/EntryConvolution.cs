using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A frozen convolution of images with few channels, in float32 on the processor, that is computed by <see cref="EntryKernels"/>,
/// forward and back to its inputs, on the calling thread. Its results differ from torch's by rounding.
/// </summary>
internal sealed class EntryConvolution : FrozenOperation
{
    // With 16 kernels it is slower than torch, with 32 and more and up to four channels it is faster: see docs/speed.md. More
    // channels and larger kernels were not measured.
    private const long MostChannels = 4;
    private const long MostTaps = 9;
    private const long FewestKernels = 32;

    private readonly long channels;
    private readonly long kernels;
    private readonly bool rectify;
    private readonly EntryGeometry ofOne;

    /// <param name="convolution">One that suits: its stride and padding count.</param>
    /// <param name="folded">Its kernels.</param>
    public EntryConvolution(Conv2d convolution, FoldedKernels folded)
    {
        using var scope = NewDisposeScope();
        (kernels, channels, rectify) = (folded.Count, folded.Channels, folded.Rectify);
        var (size, stride, padding) = (folded.Weight.shape[2..], convolution.stride, convolution.padding ?? [0]);
        ofOne = new(1, 0, 0, (int)size[0], (int)size[1], (int)stride[0], (int)stride[^1], (int)padding[0], (int)padding[^1]);

        // [height · width · channels, kernels], and the shifts below them.
        var columns = folded.Laid([2, 3, 1, 0]).view(-1, kernels);
        Weights = cat([columns, folded.Shifts.view(1, -1)]).DetachFromDisposeScope();
        Transposed = nn.functional.pad(columns.t(), [0, KernelsFor(ofOne).FilledTaps - columns.shape[0]]).contiguous().DetachFromDisposeScope();
    }

    /// <summary>[taps and one, kernels]; the caller's to dispose, as is <see cref="Transposed"/>.</summary>
    public Tensor Weights { get; }

    /// <summary>[kernels, taps], filled up to vectors.</summary>
    public Tensor Transposed { get; }

    /// <summary>Whether a convolution can be computed so, and faster.</summary>
    /// <param name="convolution">Of one group, with a border of zeros.</param>
    /// <param name="folded">Its kernels.</param>
    /// <param name="type">What it is to compute with.</param>
    public static bool Suits(Conv2d convolution, FoldedKernels folded, ScalarType type) =>
        AreFast
        && type == ScalarType.Float32
        && folded.Weight.device_type == DeviceType.CPU
        && folded.Weight.shape is [>= FewestKernels, <= MostChannels, var height, var width]
        && height * width <= MostTaps
        && convolution.dilation.All(length => length == 1);

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(Tensor signal, out Tensor[] kept)
    {
        var geometry = ofOne with { Images = (int)signal.shape[0], Height = (int)signal.shape[2], Width = (int)signal.shape[3] };
        var results = ChannelsLast.Empty(geometry.Images, kernels, geometry.ResultHeight, geometry.ResultWidth);
        KernelsFor(geometry).Convolve(TensorMemory.Start(ChannelsLast.Rows(signal)), TensorMemory.Start(Weights), rectify, TensorMemory.Start(results));
        kept = [Transposed, tensor((long[])[geometry.Images, geometry.Height, geometry.Width]), .. rectify ? (Tensor[])[results] : []];
        return results;
    }

    /// <inheritdoc/>
    protected override unsafe Tensor Backward(Tensor slopes, IReadOnlyList<Tensor> kept)
    {
        var sizes = kept[1].data<long>();
        var geometry = ofOne with { Images = (int)sizes[0], Height = (int)sizes[1], Width = (int)sizes[2] };
        var gradient = ChannelsLast.Empty(geometry.Images, channels, geometry.Height, geometry.Width);
        KernelsFor(geometry).Back(
            TensorMemory.Start(ChannelsLast.Rows(slopes)),
            rectify ? TensorMemory.Start(ChannelsLast.Rows(kept[2])) : null,
            TensorMemory.Start(kept[0]),
            TensorMemory.Start(gradient));
        return gradient;
    }

    private EntryKernels KernelsFor(EntryGeometry geometry) => new(geometry, (int)channels, (int)kernels);
}
