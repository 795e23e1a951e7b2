using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A frozen convolution in float32 on the processor that is computed by <see cref="Winograd"/>, forward and back to its inputs,
/// on the calling thread. Its results differ from torch's by rounding.
/// </summary>
internal sealed class WinogradConvolution : FrozenOperation
{
    // With fewer channels the transforms cost what the products spare.
    private const long FewestChannels = 32;

    // Smaller images were not measured.
    private const long SmallestSide = 4;

    /// <param name="kernels">Of 3×3.</param>
    public WinogradConvolution(FoldedKernels kernels)
    {
        using var scope = NewDisposeScope();
        (Kernels, Channels, Rectifies) = ((int)kernels.Count, (int)kernels.Channels, kernels.Rectify);
        var filled = WinogradKernels.Filled(Kernels);
        Taps = kernels.Laid([2, 3, 1, 0], filled).DetachFromDisposeScope();
        Shifts = nn.functional.pad(kernels.Shifts, [0, filled - Kernels]).clone().DetachFromDisposeScope();
    }

    /// <summary>The kernels, [3, 3, channels, kernels], filled up to whole panels; the caller's to dispose, as is <see cref="Shifts"/>.</summary>
    public Tensor Taps { get; }

    /// <summary>What is added to each kernel's results, [kernels], filled up as well.</summary>
    public Tensor Shifts { get; }

    /// <summary>Whether ReLU follows.</summary>
    public bool Rectifies { get; }

    /// <summary>Channels of the images.</summary>
    public int Channels { get; }

    /// <summary>Channels of the results.</summary>
    public int Kernels { get; }

    /// <summary>Whether a convolution can be computed so, and faster.</summary>
    /// <param name="convolution">Of one group, with a border of zeros; its stride, padding and dilation count.</param>
    /// <param name="kernels">Its kernels.</param>
    /// <param name="type">What it is to compute with.</param>
    /// <param name="size">Of its images.</param>
    public static bool Suits(Conv2d convolution, FoldedKernels kernels, ScalarType type, SignalSize size) =>
        AreFast
        && type == ScalarType.Float32
        && kernels.Weight.device_type == DeviceType.CPU
        && kernels.Weight.shape is [>= FewestChannels, >= FewestChannels, 3, 3]
        && convolution.stride.Concat(convolution.dilation).Concat(convolution.padding ?? [0]).All(length => length == 1)
        && Math.Min(size.Height, size.Width) >= SmallestSide;

    /// <summary>Convolves, outside torch's graph.</summary>
    /// <param name="images">[N, channels, height, width], float32.</param>
    /// <param name="carried">Added to the results, and then ReLU follows; null for neither but what the convolution has of its own.</param>
    /// <returns>[N, kernels, height, width], the channels last in memory.</returns>
    public Tensor Forward(Tensor images, Tensor? carried = null) => Convolve(images, null, Taps, Shifts, carried, null);

    /// <summary>The gradient of the images.</summary>
    /// <param name="slopes">That of the results, [N, kernels, height, width].</param>
    /// <param name="results">What ReLU returned, which lets the gradient through where it is above 0; null where there was none.</param>
    /// <param name="taps"><see cref="Taps"/>: those that the results were made with.</param>
    /// <param name="carried">Another part of the gradient, [N, channels, height, width], which is added; null for none.</param>
    /// <param name="carriedGates">Where these are above 0 it counts; null if all of it does.</param>
    /// <returns>[N, channels, height, width], the channels last in memory.</returns>
    public Tensor Backward(Tensor slopes, Tensor? results, Tensor taps, Tensor? carried = null, Tensor? carriedGates = null) =>
        Convolve(slopes, results, taps, null, carried, carriedGates);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor signal, out Tensor[] kept)
    {
        var results = Forward(signal);
        kept = Rectifies ? [Taps, results] : [Taps];
        return results;
    }

    /// <inheritdoc/>
    protected override Tensor Backward(Tensor slopes, IReadOnlyList<Tensor> kept) => Backward(slopes, Rectifies ? kept[1] : null, kept[0]);

    /// <summary>Forward where there are shifts, back where there are none.</summary>
    private unsafe Tensor Convolve(Tensor images, Tensor? gates, Tensor taps, Tensor? shifts, Tensor? carried, Tensor? carriedGates)
    {
        using var scope = NewDisposeScope();
        var back = shifts is null;
        var (count, height, width, outputs) = (images.shape[0], images.shape[2], images.shape[3], (long)(back ? Channels : Kernels));
        var results = ChannelsLast.Empty(count, outputs, height, width);
        new Winograd(new(TensorMemory.Start(taps), Channels, Kernels, back), (int)count, (int)height, (int)width).Convolve(
            TensorMemory.Start(ChannelsLast.Rows(images)),
            Start(gates),
            shifts is null ? null : TensorMemory.Start(shifts),
            Start(carried),
            Start(carriedGates),
            !back && (Rectifies || carried is not null),
            TensorMemory.Start(results));
        return results.MoveToOuterDisposeScope();

        static float* Start(Tensor? tensor) => tensor is null ? null : TensorMemory.Start(ChannelsLast.Rows(tensor));
    }
}
