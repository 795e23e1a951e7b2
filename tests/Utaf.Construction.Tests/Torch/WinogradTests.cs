using static Utaf.Torch.Tests.ConvolutionNumbers;

namespace Utaf.Torch.Tests;

/// <summary>Convolutions by Winograd's transforms against sums of products in double precision.</summary>
public sealed unsafe class WinogradTests
{
    // The transforms have factors up to 5 and up to 8, which the errors of float32 are multiplied by.
    private const double Rounding = 3e-5;

    public static TheoryData<int, int, int, int, int> Shapes { get; } = new()
    {
        // Whole tiles; tiles that stand over; vectors and panels that are not full; images smaller than a tile; several blocks.
        { 1, 4, 4, 8, 8 }, { 2, 8, 12, 16, 32 }, { 2, 7, 9, 35, 33 }, { 1, 5, 6, 9, 70 }, { 3, 1, 1, 8, 40 }, { 2, 2, 3, 64, 31 }, { 3, 28, 28, 64, 33 }, { 3, 28, 28, 33, 64 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Results_are_the_sums_of_products(int images, int height, int width, int channels, int kernels)
    {
        var shape = new Shape(images, height, width, channels, kernels);
        var (pixels, taps, shifts) = (Numbers(shape.Pixels * channels, 1), Numbers(9 * channels * kernels, 2), Numbers(kernels, 3));

        var found = Convolve(shape, pixels, null, taps, shifts, rectify: false, back: false);
        var rectified = Convolve(shape, pixels, null, taps, shifts, rectify: true, back: false);

        var expected = Expected(shape, pixels, taps, shifts);
        Near(expected, found);
        Near([.. expected.Select(value => Math.Max(value, 0))], rectified);
        Assert.All(rectified, value => Assert.True(value >= 0));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_way_back_is_the_transpose_and_closed_gates_let_nothing_through(int images, int height, int width, int channels, int kernels)
    {
        var shape = new Shape(images, height, width, channels, kernels);
        var (slopes, taps, gates) = (Numbers(shape.Pixels * kernels, 4), Numbers(9 * channels * kernels, 5), Numbers(shape.Pixels * kernels, 6));
        gates[0] = 0;

        var open = Convolve(shape, slopes, null, taps, null, rectify: false, back: true);
        var gated = Convolve(shape, slopes, gates, taps, null, rectify: false, back: true);

        Near(ExpectedBack(shape, slopes, taps), open);
        Near(ExpectedBack(shape, [.. slopes.Zip(gates, (slope, gate) => gate > 0 ? slope : 0)], taps), gated);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_is_carried_is_added_before_ReLU_and_closed_gates_hold_it_back(int images, int height, int width, int channels, int kernels)
    {
        var shape = new Shape(images, height, width, channels, kernels);
        var (pixels, taps, shifts) = (Numbers(shape.Pixels * channels, 10), Numbers(9 * channels * kernels, 11), Numbers(kernels, 12));
        var (forward, slopes) = (Numbers(shape.Pixels * kernels, 13), Numbers(shape.Pixels * kernels, 14));
        var (back, gates) = (Numbers(shape.Pixels * channels, 15), Numbers(shape.Pixels * channels, 16));
        gates[0] = 0;

        var sums = Convolve(shape, pixels, null, taps, shifts, rectify: true, back: false, forward);
        var gradient = Convolve(shape, slopes, null, taps, null, rectify: false, back: true, back, gates);

        Near([.. Expected(shape, pixels, taps, shifts).Zip(forward, (result, carried) => Math.Max(0, result + carried))], sums);
        Near([.. ExpectedBack(shape, slopes, taps).Select((slope, i) => slope + (gates[i] > 0 ? back[i] : 0))], gradient);
    }

    [Fact]
    public void An_image_has_the_same_results_in_any_company()
    {
        var (few, many) = (new Shape(1, 9, 9, 40, 40), new Shape(50, 9, 9, 40, 40));
        var (pixels, taps, shifts) = (Numbers(many.Pixels * 40, 7), Numbers(9 * 40 * 40, 8), Numbers(40, 9));

        var alone = Convolve(few, pixels[..(few.Pixels * 40)], null, taps, shifts, rectify: true, back: false);

        Assert.Equal(alone, Convolve(many, pixels, null, taps, shifts, rectify: true, back: false)[..alone.Length]);
    }

    private static float[] Convolve(Shape shape, float[] images, float[]? gates, float[] taps, float[]? shifts, bool rectify, bool back, float[]? carried = null, float[]? carriedGates = null)
    {
        var filled = (int)WinogradKernels.Filled(shape.Kernels);
        using var from = new GuardedNumbers(images);
        using var open = new GuardedNumbers(gates ?? []);
        using var kernels = new GuardedNumbers([.. taps.Chunk(shape.Kernels).SelectMany(Filled)]);
        using var added = new GuardedNumbers([.. Filled(shifts ?? [])]);
        using var along = new GuardedNumbers(carried ?? []);
        using var openAlong = new GuardedNumbers(carriedGates ?? []);
        using var to = new GuardedNumbers([.. Enumerable.Repeat(float.NaN, shape.Pixels * (back ? shape.Channels : shape.Kernels))]);

        new Winograd(new(kernels.Start, shape.Channels, shape.Kernels, back), shape.Images, shape.Height, shape.Width)
            .Convolve(from.Start, gates is null ? null : open.Start, shifts is null ? null : added.Start, carried is null ? null : along.Start, carriedGates is null ? null : openAlong.Start, rectify, to.Start);

        Assert.All((GuardedNumbers[])[from, open, kernels, added, along, openAlong, to], memory => Assert.True(memory.IsWhole));
        return to.Numbers;

        IEnumerable<float> Filled(float[] row) => row.Concat(Enumerable.Repeat(0f, filled - row.Length));
    }

    private static double[] Expected(Shape shape, float[] pixels, float[] taps, float[] shifts)
    {
        var sums = new double[shape.Pixels * shape.Kernels];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = shifts[i % shape.Kernels];
        }

        foreach (var (near, far, tap) in shape.Neighbours())
        {
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                double pixel = pixels[(far * shape.Channels) + channel];
                var row = ((tap * shape.Channels) + channel) * shape.Kernels;
                for (var kernel = 0; kernel < shape.Kernels; kernel++)
                {
                    sums[(near * shape.Kernels) + kernel] += pixel * taps[row + kernel];
                }
            }
        }

        return sums;
    }

    private static double[] ExpectedBack(Shape shape, float[] slopes, float[] taps)
    {
        var sums = new double[shape.Pixels * shape.Channels];
        foreach (var (near, far, tap) in shape.Neighbours())
        {
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                var row = ((tap * shape.Channels) + channel) * shape.Kernels;
                double sum = 0;
                for (var kernel = 0; kernel < shape.Kernels; kernel++)
                {
                    sum += (double)slopes[(near * shape.Kernels) + kernel] * taps[row + kernel];
                }

                sums[(far * shape.Channels) + channel] += sum;
            }
        }

        return sums;
    }

    private static void Near(double[] expected, float[] found) => ConvolutionNumbers.Near(expected, found, Rounding);

    private sealed record Shape(int Images, int Height, int Width, int Channels, int Kernels)
    {
        public int Pixels => Images * Height * Width;

        /// <summary>Each pixel with each of those that its kernel's taps see.</summary>
        public IEnumerable<(int Near, int Far, int Tap)> Neighbours() =>
            from image in Enumerable.Range(0, Images)
            from y in Enumerable.Range(0, Height)
            from x in Enumerable.Range(0, Width)
            from tap in Enumerable.Range(0, 9)
            let above = y + (tap / 3) - 1
            let beside = x + (tap % 3) - 1
            where above >= 0 && above < Height && beside >= 0 && beside < Width
            select (At(image, y, x), At(image, above, beside), tap);

        private int At(int image, int y, int x) => (((image * Height) + y) * Width) + x;
    }
}
