using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A frozen convolution in float32 on the processor that is computed by <see cref="Winograd"/>, forward and back to its inputs,
/// on the calling thread. Its results differ from torch's by rounding.
/// </summary>
internal sealed class WinogradConvolution
{
    // With fewer channels the transforms cost what the products spare.
    private const long FewestChannels = 32;

    // Smaller images leave most of a tile empty.
    private const long SmallestSide = 4;

    private readonly int channels;
    private readonly int kernels;
    private readonly bool rectify;

    /// <param name="weight">[kernels, channels, 3, 3].</param>
    /// <param name="bias">[kernels].</param>
    /// <param name="rectify">Whether ReLU follows.</param>
    public WinogradConvolution(Tensor weight, Tensor bias, bool rectify)
    {
        (kernels, channels) = ((int)weight.shape[0], (int)weight.shape[1]);
        this.rectify = rectify;
        using var scope = NewDisposeScope();
        var missing = WinogradKernels.Filled(kernels) - kernels;
        Taps = nn.functional.pad(weight.detach(), [0, 0, 0, 0, 0, 0, 0, missing]).permute(2, 3, 1, 0).contiguous().DetachFromDisposeScope();
        Shifts = nn.functional.pad(bias.detach(), [0, missing]).clone().DetachFromDisposeScope();
    }

    /// <summary>The kernels, [3, 3, channels, kernels], filled up to whole panels; the caller's to dispose, as is <see cref="Shifts"/>.</summary>
    public Tensor Taps { get; }

    /// <summary>What is added to each kernel's results, [kernels], filled up as well.</summary>
    public Tensor Shifts { get; }

    /// <summary>
    /// Whether a convolution can be computed so, and faster: x64 with fused multiply-adds of vectors of 256 bits. Elsewhere it was
    /// not measured.
    /// </summary>
    /// <param name="convolution">Of one group, with a border of zeros; its stride, padding and dilation count.</param>
    /// <param name="weight">Its kernels, [kernels, channels, height, width], without those that were pruned.</param>
    /// <param name="height">Of its images.</param>
    /// <param name="width">Of its images.</param>
    public static bool Suits(Conv2d convolution, Tensor weight, long height, long width) =>
        Fma.IsSupported
        && Vector256.IsHardwareAccelerated
        && weight.dtype == ScalarType.Float32
        && weight.device_type == DeviceType.CPU
        && weight.shape is [>= FewestChannels, >= FewestChannels, 3, 3]
        && convolution.stride.Concat(convolution.dilation).Concat(convolution.padding ?? [0]).All(length => length == 1)
        && Math.Min(height, width) >= SmallestSide;

    /// <summary>Convolves.</summary>
    /// <param name="images">[N, channels, height, width], float32.</param>
    /// <returns>[N, kernels, height, width], the channels last in memory.</returns>
    public Tensor Run(Tensor images) => images.requires_grad && is_grad_enabled() ? Function.apply(images, Taps, this) : Forward(images);

    private Tensor Forward(Tensor images) => Convolve(images, null, Taps, Shifts);

    private Tensor Backward(Tensor slopes, Tensor? results, Tensor taps) => Convolve(slopes, results, taps, null);

    /// <summary>Forward where there are shifts, back where there are none.</summary>
    private unsafe Tensor Convolve(Tensor images, Tensor? gates, Tensor taps, Tensor? shifts)
    {
        using var scope = NewDisposeScope();
        var back = shifts is null;
        var (count, height, width, outputs) = (images.shape[0], images.shape[2], images.shape[3], (long)(back ? channels : kernels));

        // No view of what lies otherwise: torch refuses to change those in place behind a function of one's own.
        var results = empty_strided([count, outputs, height, width], [height * width * outputs, 1, width * outputs, outputs], ScalarType.Float32);
        new Winograd(new(TensorMemory.Start(taps), channels, kernels, back), (int)count, (int)height, (int)width).Convolve(
            TensorMemory.Start(Laid(images)),
            gates is null ? null : TensorMemory.Start(Laid(gates)),
            shifts is null ? null : TensorMemory.Start(shifts),
            null,
            null,
            rectify && !back,
            TensorMemory.Start(results));
        return results.MoveToOuterDisposeScope();
    }

    private static Tensor Laid(Tensor images) => images.permute(0, 2, 3, 1).contiguous();

    /// <summary>
    /// The convolution in torch's graph. What goes back needs is kept there, because the network may have been put back by
    /// then. An exception on the way back would end the process: it cannot pass through torch.
    /// </summary>
    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Key = "convolution";

        // TorchSharp keeps what goes in and out on the way back until the scope ends; torch needs each no longer than the next one.
        [ThreadStatic]
        private static Tensor? returned;

        public override string Name => nameof(WinogradConvolution);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (images, taps, convolution) = ((Tensor)vars[0], (Tensor)vars[1], (WinogradConvolution)vars[2]);
            var results = convolution.Forward(images);
            ctx.save_data(Key, convolution);
            ctx.save_for_backward(convolution.rectify ? [taps, results] : [taps]);
            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var (convolution, saved) = ((WinogradConvolution)ctx.get_data(Key), ctx.get_saved_variables());
            var gradient = convolution.Backward(grad_output, convolution.rectify ? saved[1] : null, saved[0]);
            returned?.Dispose();
            returned = gradient.MoveToOuterDisposeScope();
            grad_output.Dispose();
            return [gradient, null!, null!];
        }
    }
}
