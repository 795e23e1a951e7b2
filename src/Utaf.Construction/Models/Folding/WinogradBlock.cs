using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A residual block of two convolutions by Winograd's transforms and nothing beside them: ReLU(second(first(x)) + x). The sum,
/// its ReLU and, on the way back, the sum of the two gradients are made where a convolution's results are, and take no pass over
/// the memory of their own.
/// </summary>
internal sealed class WinogradBlock : FrozenOperation
{
    private readonly WinogradConvolution first;
    private readonly WinogradConvolution second;

    private WinogradBlock(WinogradConvolution first, WinogradConvolution second) => (this.first, this.second) = (first, second);

    /// <summary>The block of a body's steps; null where it is another.</summary>
    /// <param name="body">What is added to the signal.</param>
    /// <param name="width">The signal's channels.</param>
    public static WinogradBlock? TryMake(IReadOnlyList<FoldedStep> body, int width) =>
        body is [{ Operations: [WinogradConvolution { Rectifies: true } first] }, { Operations: [WinogradConvolution { Rectifies: false } second] }] && first.Channels == width && second.Kernels == width
            ? new(first, second)
            : null;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor signal, out Tensor[] kept)
    {
        var middle = first.Forward(signal);
        var results = second.Forward(middle, signal);
        kept = [first.Taps, second.Taps, middle, results];
        return results;
    }

    /// <inheritdoc/>
    protected override Tensor Backward(Tensor slopes, IReadOnlyList<Tensor> kept)
    {
        // Both convolutions want them with the channels last.
        var laid = ChannelsLast.Rows(slopes).permute(0, 3, 1, 2);
        var (middle, results) = (kept[2], kept[3]);
        var ofMiddle = second.Backward(laid, results, kept[1]);
        return first.Backward(ofMiddle, middle, kept[0], laid, results);
    }
}
