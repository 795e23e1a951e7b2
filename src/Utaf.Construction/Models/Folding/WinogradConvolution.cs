using TorchSharp;
using TorchSharp.Modules;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A frozen convolution in float32 on the processor that is computed by <see cref="Winograd"/>, forward and back to its inputs:
/// torch's own takes about twice as long. Its results differ from torch's by rounding.
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

    /// <summary>Whether a convolution can be computed so, and faster.</summary>
    /// <param name="convolution">Its stride, padding and dilation count.</param>
    /// <param name="weight">Its kernels, [kernels, channels, height, width], without those that were pruned.</param>
    public static bool Suits(Conv2d convolution, Tensor weight) =>
        Products.IsFast
        && weight.dtype == ScalarType.Float32
        && weight.device_type == DeviceType.CPU
        && weight.shape is [>= FewestChannels, >= FewestChannels, 3, 3]
        && convolution.stride.Concat(convolution.dilation).Concat(convolution.padding ?? [0]).All(length => length == 1);

    /// <summary>Convolves.</summary>
    /// <param name="images">[N, channels, height, width].</param>
    /// <returns>[N, kernels, height, width], the channels last in memory.</returns>
    public Tensor Run(Tensor images)
    {
        if (images.shape[2] < SmallestSide || images.shape[3] < SmallestSide)
        {
            var products = nn.functional.conv2d(images, Taps.narrow(3, 0, kernels).permute(3, 2, 0, 1), Shifts.narrow(0, 0, kernels), [1, 1], [1, 1], [1, 1]);
            return rectify ? products.relu_() : products;
        }

        return images.requires_grad && is_grad_enabled() ? Function.apply(images, this) : Forward(images);
    }

    private Tensor Forward(Tensor images) => Convolve(images, null, back: false);

    private Tensor Backward(Tensor slopes, Tensor? results) => Convolve(slopes, results, back: true);

    private unsafe Tensor Convolve(Tensor images, Tensor? gates, bool back)
    {
        using var scope = NewDisposeScope();
        var (count, height, width, outputs) = (images.shape[0], images.shape[2], images.shape[3], (long)(back ? channels : kernels));

        // No view of what lies otherwise: torch refuses to change those in place behind a function of one's own.
        var results = empty_strided([count, outputs, height, width], [height * width * outputs, 1, width * outputs, outputs]);
        new Winograd(new(TensorMemory.Start(Taps), channels, kernels, back), (int)count, (int)height, (int)width).Convolve(
            TensorMemory.Start(Laid(images)),
            gates is null ? null : TensorMemory.Start(Laid(gates)),
            back ? null : TensorMemory.Start(Shifts),
            rectify && !back,
            TensorMemory.Start(results));
        return results.MoveToOuterDisposeScope();
    }

    private static Tensor Laid(Tensor images) => images.permute(0, 2, 3, 1).contiguous();

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Key = "convolution";

        public override string Name => nameof(WinogradConvolution);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var convolution = (WinogradConvolution)vars[1];
            var results = convolution.Forward((Tensor)vars[0]);
            ctx.save_data(Key, convolution);
            if (convolution.rectify)
            {
                ctx.save_for_backward([results]);
            }

            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var convolution = (WinogradConvolution)ctx.get_data(Key);
            var results = convolution.rectify ? ctx.get_saved_variables()[0] : null;
            return [convolution.Backward(grad_output, results).MoveToOuterDisposeScope(), null!];
        }
    }
}
