using System.Buffers;

namespace Utaf.Torch;

/// <summary>
/// A convolution whose images have few channels, as the first one of a network, on the processor and on the calling thread: by
/// products with the rows of its patches, and back to the images by the transposed products. The vectors lie along the kernels,
/// of which there are many, where channels would leave most of a vector empty.
/// </summary>
/// <param name="geometry">Its sizes.</param>
/// <param name="channels">Of the images.</param>
/// <param name="kernels">At least <see cref="ProductTiles.Width"/>.</param>
internal sealed unsafe class EntryKernels(EntryGeometry geometry, int channels, int kernels)
{
    // One number of each patch is 1, and its weight the kernel's shift.
    private readonly int taps = (geometry.KernelHeight * geometry.KernelWidth * channels) + 1;

    /// <summary>Numbers of a patch, the one for the shift included.</summary>
    public int Taps => taps;

    /// <summary>Columns of the weights of the way back: <see cref="Taps"/> filled up to vectors.</summary>
    public int FilledTaps => (taps + ProductTiles.Width - 1) / ProductTiles.Width * ProductTiles.Width;

    /// <summary>Convolves.</summary>
    /// <param name="pixels">[images, height, width, channels].</param>
    /// <param name="weights">[<see cref="Taps"/>, kernels]: kernel row, kernel column, channel, and the shifts last.</param>
    /// <param name="rectify">Whether results below 0 become 0.</param>
    /// <param name="results">[images, result height, result width, kernels].</param>
    public void Convolve(float* pixels, float* weights, bool rectify, float* results)
    {
        var (rows, columns) = (geometry.ResultHeight, geometry.ResultWidth);
        var room = ArrayPool<float>.Shared.Rent(columns * taps);
        fixed (float* start = room)
        {
            for (var row = 0; row < geometry.Images * rows; row++)
            {
                GatherRow(pixels, row / rows, row % rows, start);
                var product = new Matrix(results + ((nint)row * columns * kernels), columns, kernels);
                Products.Multiply(new Matrix(start, columns, taps).AsLeft, new Matrix(weights, taps, kernels), product);
                if (rectify)
                {
                    Products.Rectify(product);
                }
            }
        }

        ArrayPool<float>.Shared.Return(room);
    }

    /// <summary>The gradient of the images.</summary>
    /// <param name="slopes">That of the results, of their shape.</param>
    /// <param name="gates">What ReLU returned, of the same shape; null where there was none.</param>
    /// <param name="weights">[kernels, <see cref="FilledTaps"/>].</param>
    /// <param name="gradient">[images, height, width, channels].</param>
    public void Back(float* slopes, float* gates, float* weights, float* gradient)
    {
        var (rows, columns) = (geometry.ResultHeight, geometry.ResultWidth);
        var line = columns * kernels;
        new Span<float>(gradient, geometry.Images * geometry.Height * geometry.Width * channels).Clear();
        var room = ArrayPool<float>.Shared.Rent(line + (columns * FilledTaps));
        fixed (float* start = room)
        {
            var patches = new Matrix(start + line, columns, FilledTaps);
            for (var row = 0; row < geometry.Images * rows; row++)
            {
                var own = new Matrix(slopes + ((nint)row * line), columns, kernels);
                if (gates is not null)
                {
                    new ReadOnlySpan<float>(own.Start, line).CopyTo(new Span<float>(start, line));
                    own = new(start, columns, kernels);
                    Products.PassWhereOpen(own, new(gates + ((nint)row * line), columns, kernels));
                }

                Products.Multiply(own.AsLeft, new Matrix(weights, kernels, FilledTaps), patches);
                ScatterRow(patches, row / rows, row % rows, gradient);
            }
        }

        ArrayPool<float>.Shared.Return(room);
    }

    /// <summary>The patches of a row of results, [columns, taps].</summary>
    private void GatherRow(float* pixels, int image, int row, float* patches)
    {
        var run = geometry.KernelWidth * channels;
        for (var column = 0; column < geometry.ResultWidth; column++)
        {
            var patch = patches + ((nint)column * taps);
            for (var down = 0; down < geometry.KernelHeight; down++)
            {
                var (first, last, from) = Inside(image, row, column, down);
                var to = new Span<float>(patch + (down * run), run);
                if (first >= last)
                {
                    to.Clear();
                    continue;
                }

                to[..first].Clear();
                new ReadOnlySpan<float>(pixels + from, last - first).CopyTo(to[first..]);
                to[last..].Clear();
            }

            patch[taps - 1] = 1;
        }
    }

    /// <summary>Adds the gradients of a row's patches to those of the pixels that they were made of.</summary>
    private void ScatterRow(Matrix patches, int image, int row, float* gradient)
    {
        var run = geometry.KernelWidth * channels;
        for (var column = 0; column < geometry.ResultWidth; column++)
        {
            var patch = patches.Start + ((nint)column * patches.Stride);
            for (var down = 0; down < geometry.KernelHeight; down++)
            {
                var (first, last, to) = Inside(image, row, column, down);
                for (var i = first; i < last; i++)
                {
                    gradient[to + i - first] += patch[(down * run) + i];
                }
            }
        }
    }

    /// <summary>Which numbers of one row of a patch lie in the image, and where the first of them is there.</summary>
    private (int First, int Last, nint Place) Inside(int image, int row, int column, int down)
    {
        var y = (row * geometry.StrideDown) - geometry.PaddingDown + down;
        if ((uint)y >= (uint)geometry.Height)
        {
            return (0, 0, 0);
        }

        var x = (column * geometry.StrideAcross) - geometry.PaddingAcross;
        var (first, last) = (Math.Max(0, -x), Math.Min(geometry.KernelWidth, geometry.Width - x));
        return (first * channels, last * channels, ((((nint)image * geometry.Height) + y) * geometry.Width + x + first) * channels);
    }
}

/// <summary>The sizes of a convolution with a border of zeros.</summary>
/// <param name="Images">How many images.</param>
/// <param name="Height">Of the images.</param>
/// <param name="Width">Of the images.</param>
/// <param name="KernelHeight">Of the kernels.</param>
/// <param name="KernelWidth">Of the kernels.</param>
/// <param name="StrideDown">From one row of results to the next, in pixels.</param>
/// <param name="StrideAcross">From one column of results to the next, in pixels.</param>
/// <param name="PaddingDown">Rows of zeros above and below.</param>
/// <param name="PaddingAcross">Columns of zeros at either side.</param>
internal readonly record struct EntryGeometry(int Images, int Height, int Width, int KernelHeight, int KernelWidth, int StrideDown, int StrideAcross, int PaddingDown, int PaddingAcross)
{
    /// <summary>Rows of results.</summary>
    public int ResultHeight => ((Height + (2 * PaddingDown) - KernelHeight) / StrideDown) + 1;

    /// <summary>Columns of results.</summary>
    public int ResultWidth => ((Width + (2 * PaddingAcross) - KernelWidth) / StrideAcross) + 1;
}
