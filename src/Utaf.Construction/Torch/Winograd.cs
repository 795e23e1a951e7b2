using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Utaf.Torch;

/// <summary>
/// A convolution with kernels of 3×3, stride 1 and a border of one pixel by <see cref="WinogradTransforms"/>, on the processor
/// and on the calling thread.
/// </summary>
/// <remarks>
/// The tiles are taken in blocks, and the kernels in panels. A block's tiles are transformed once; for each panel its kernels
/// are transformed, 36 products of matrices follow, and what they give is transformed back while it lies in the cache.
/// Transformed kernels would take four times the kernels' memory: to make them anew for each block costs less than to keep them.
/// </remarks>
/// <param name="kernels">The kernels.</param>
/// <param name="images">How many images.</param>
/// <param name="height">Their height.</param>
/// <param name="width">Their width.</param>
internal sealed unsafe class Winograd(WinogradKernels kernels, int images, int height, int width)
{
    private const int Lanes = ProductTiles.Lanes;
    private const int Panel = WinogradKernels.Panel;

    // A block's transformed tiles stay near the processor, but where there are many channels a block has at least so many tiles
    // that transforming the kernels for them takes little of the time.
    private const int BlockBytes = 1 << 20;
    private const int FewestTiles = 128;

    // Between one number of all tiles and the next: distances that are powers of two would all meet in one set of the cache.
    private const int Gap = 16;
    private const int Alignment = 64;

    private readonly WinogradTiles tiling = new(images, height, width);

    /// <summary>Convolves.</summary>
    /// <param name="pixels">[images, height, width, inputs].</param>
    /// <param name="gates">Of the same shape: numbers of the images count where these are above 0. Null if all count.</param>
    /// <param name="shifts">What is added to each result, [outputs], and filled up to whole panels; null for 0.</param>
    /// <param name="carried">Of the results' shape: added to them; null for 0.</param>
    /// <param name="carriedGates">Of that shape: what is carried counts where these are above 0; null if all counts.</param>
    /// <param name="rectify">Whether results below 0 become 0.</param>
    /// <param name="results">[images, height, width, outputs].</param>
    public void Convolve(float* pixels, float* gates, float* shifts, float* carried, float* carriedGates, bool rectify, float* results)
    {
        if (tiling.Count == 0)
        {
            return;
        }

        var perBlock = Math.Max(FewestTiles, BlockBytes / (WinogradTransforms.Numbers * kernels.Inputs * sizeof(float)));
        var blocks = (tiling.Count + perBlock - 1) / perBlock;
        var most = (tiling.Count + blocks - 1) / blocks;
        var (tileStep, kernelStep, sumStep) = (Spaced(most * kernels.Inputs), Spaced(kernels.Inputs * Panel), Spaced(most * Panel));
        var room = ArrayPool<float>.Shared.Rent(((tileStep + kernelStep + sumStep) * WinogradTransforms.Numbers) + kernels.Room + kernels.Inputs + Alignment);
        fixed (float* start = room)
        {
            var tiles = (float*)(((nint)start + Alignment - 1) / Alignment * Alignment);
            var transformed = tiles + (tileStep * WinogradTransforms.Numbers);
            var sums = transformed + (kernelStep * WinogradTransforms.Numbers);
            var turned = sums + (sumStep * WinogradTransforms.Numbers);
            var border = turned + kernels.Room;
            new Span<float>(border, kernels.Inputs).Clear();
            for (var block = 0; block < blocks; block++)
            {
                var from = (int)((long)tiling.Count * block / blocks);
                var count = (int)((long)tiling.Count * (block + 1) / blocks) - from;
                TransformTiles(pixels, gates, border, from, count, tiles, tileStep);
                for (var panel = 0; panel < kernels.Outputs; panel += Panel)
                {
                    kernels.Transform(panel, transformed, kernelStep, turned);
                    for (var number = 0; number < WinogradTransforms.Numbers; number++)
                    {
                        var (first, having) = tiling.WithNumber(number, from, from + count);
                        if (having > 0)
                        {
                            Products.Multiply(
                                new Matrix(tiles + (number * tileStep) + ((first - from) * (nint)kernels.Inputs), having, kernels.Inputs).AsLeft,
                                new Matrix(transformed + (number * kernelStep), kernels.Inputs, Panel),
                                new Matrix(sums + (number * sumStep) + ((first - from) * Panel), having, Panel));
                        }
                    }

                    TransformBack(sums, sumStep, panel, from, count, shifts, carried, carriedGates, rectify, results);
                }
            }
        }

        ArrayPool<float>.Shared.Return(room);
    }

    private static int Spaced(int count) => ((count + Gap - 1) / Gap * Gap) + Gap;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void TransformTiles(float* pixels, float* gates, float* border, int from, int count, float* to, nint step)
    {
        var starts = stackalloc float*[WinogradTransforms.Numbers];
        var open = stackalloc float*[WinogradTransforms.Numbers];
        for (var tile = 0; tile < count; tile++)
        {
            var (image, top, left, below, beside) = tiling[from + tile];
            for (var number = 0; number < WinogradTransforms.Numbers; number++)
            {
                var (y, x) = (top + (number / WinogradTransforms.Side) - 1, left + (number % WinogradTransforms.Side) - 1);
                var inside = (uint)y < (uint)height && (uint)x < (uint)width;
                var offset = Pixel(image, y, x) * kernels.Inputs;
                starts[number] = inside ? pixels + offset : border;
                open[number] = inside ? gates + offset : border;
            }

            WinogradTransforms.Tile(starts, gates is null ? null : open, below, beside, to + ((nint)tile * kernels.Inputs), step, kernels.Inputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void TransformBack(float* sums, nint step, int panel, int from, int count, float* shifts, float* carried, float* carriedGates, bool rectify, float* results)
    {
        var values = stackalloc Vector256<float>[WinogradTransforms.Step * WinogradTransforms.Step];
        var outputs = Math.Min(Panel, kernels.Outputs - panel);
        var least = rectify ? Vector256<float>.Zero : Vector256.Create(float.NegativeInfinity);
        for (var tile = 0; tile < count; tile++)
        {
            var (image, top, left, below, beside) = tiling[from + tile];
            for (var output = 0; output < outputs; output += Lanes)
            {
                var shift = shifts is null ? Vector256<float>.Zero : Vector256.Load(shifts + panel + output);
                WinogradTransforms.Results(sums + ((nint)tile * Panel) + output, step, below, beside, shift, values);
                var there = outputs - output;
                for (var row = 0; row < below; row++)
                {
                    var place = (Pixel(image, top + row, left) * kernels.Outputs) + panel + output;
                    for (var column = 0; column < beside; column++, place += kernels.Outputs)
                    {
                        var value = values[(row * WinogradTransforms.Step) + column];
                        if (carried is not null)
                        {
                            value += Carried(carried + place, carriedGates is null ? null : carriedGates + place, there);
                        }

                        Store(Vector256.Max(value, least), results + place, there);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Carried(float* from, float* gates, int count)
    {
        if (count >= Lanes)
        {
            return gates is null ? Vector256.Load(from) : WinogradTransforms.Gated(from, gates);
        }

        var numbers = Vector256<float>.Zero;
        for (var lane = 0; lane < count; lane++)
        {
            numbers = numbers.WithElement(lane, gates is null || gates[lane] > 0 ? from[lane] : 0);
        }

        return numbers;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> values, float* to, int count)
    {
        if (count >= Lanes)
        {
            values.Store(to);
            return;
        }

        for (var lane = 0; lane < count; lane++)
        {
            to[lane] = values[lane];
        }
    }

    private nint Pixel(int image, int y, int x) => ((((nint)image * height) + y) * width) + x;
}
