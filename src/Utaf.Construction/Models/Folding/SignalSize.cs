namespace Utaf.Models.Folding;

/// <summary>How large the images of a signal are.</summary>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
internal readonly record struct SignalSize(long Height, long Width)
{
    /// <summary>What a convolution or a pooling leaves, where windows that stand over do not count.</summary>
    /// <param name="window">Of both directions, or of each, as the others.</param>
    /// <param name="stride">None: the window's.</param>
    /// <param name="padding">None: 0.</param>
    /// <param name="dilation">None: 1.</param>
    public SignalSize After(long[] window, long[]? stride, long[]? padding, long[]? dilation)
    {
        return new(Left(Height, 0), Left(Width, 1));

        long Left(long length, int direction)
        {
            var seen = (Of(dilation, 1) * (Of(window, 1) - 1)) + 1;
            return ((length + (2 * Of(padding, 0)) - seen) / Of(stride, Of(window, 1))) + 1;

            long Of(long[]? values, long usual) => values is { Length: > 0 } ? values[Math.Min(direction, values.Length - 1)] : usual;
        }
    }
}
