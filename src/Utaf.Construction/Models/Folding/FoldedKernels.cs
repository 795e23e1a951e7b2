using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>A convolution's kernels without those that were pruned, and what follows them.</summary>
/// <param name="Weight">[kernels, channels, height, width], float32: the network's own or a part of them.</param>
/// <param name="Scale">What a batch norm multiplies each kernel with, [kernels]; null where there is none.</param>
/// <param name="Shifts">What is added to each kernel's results, [kernels].</param>
/// <param name="Rectify">Whether ReLU follows.</param>
internal sealed record FoldedKernels(Tensor Weight, Tensor? Scale, Tensor Shifts, bool Rectify)
{
    /// <summary>How many.</summary>
    public long Count => Weight.shape[0];

    /// <summary>Of the images.</summary>
    public long Channels => Weight.shape[1];

    /// <summary>The scaled kernels with their axes in another order, a copy.</summary>
    /// <param name="order">The axes of <see cref="Weight"/>.</param>
    /// <param name="width">The last axis is filled up to so many with zeros; null to leave it.</param>
    public Tensor Laid(long[] order, long? width = null)
    {
        using var scope = NewDisposeScope();
        var turned = Weight.permute(order);
        var (shape, last) = (turned.shape, turned.shape[^1]);
        var laid = empty([.. shape[..^1], width ?? last], Weight.dtype, Weight.device);
        var own = laid.narrow(-1, 0, last);
        own.copy_(turned);
        if (Scale is not null)
        {
            own.mul_(Scale.view([.. order.Select(axis => axis == 0 ? Count : 1)]));
        }

        laid.narrow(-1, last, laid.shape[^1] - last).zero_();
        return laid.MoveToOuterDisposeScope();
    }
}
