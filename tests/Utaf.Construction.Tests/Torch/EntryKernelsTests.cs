using static Utaf.Torch.Tests.ConvolutionNumbers;

namespace Utaf.Torch.Tests;

/// <summary>Convolutions of few channels against sums of products in double precision.</summary>
public sealed unsafe class EntryKernelsTests
{
    private const double Rounding = 1e-5;

    private static readonly Dictionary<string, Sizes> Cases = new()
    {
        ["a border"] = new(new(2, 28, 28, 3, 3, 1, 1, 1, 1), 1, 64),
        ["no border"] = new(new(3, 9, 7, 3, 3, 1, 1, 0, 0), 3, 16),
        ["a stride"] = new(new(2, 11, 12, 3, 3, 2, 2, 1, 1), 3, 20),
        ["other sides"] = new(new(1, 5, 6, 3, 2, 2, 1, 2, 0), 2, 33),
        ["one pixel"] = new(new(2, 8, 8, 1, 1, 2, 2, 0, 0), 4, 17),
        ["an image of one pixel"] = new(new(1, 1, 1, 3, 3, 1, 1, 1, 1), 1, 16),
        ["a wide image"] = new(new(2, 6, 40, 2, 3, 3, 2, 1, 2), 3, 31),
    };

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_are_the_sums_of_products(string name)
    {
        var sizes = Cases[name];
        var (geometry, channels, kernels) = sizes;
        var (pixels, weights) = (Numbers(sizes.Pixels, 1), Numbers((sizes.Run + 1) * kernels, 2));
        var convolution = new EntryKernels(geometry, channels, kernels);
        Assert.Equal(sizes.Run + 1, convolution.Taps);

        var expected = new double[sizes.Results];
        foreach (var (result, pixel, tap) in sizes.Products())
        {
            for (var kernel = 0; kernel < kernels; kernel++)
            {
                expected[(result * kernels) + kernel] += (double)pixels[pixel] * weights[(tap * kernels) + kernel];
            }
        }

        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] += weights[(sizes.Run * kernels) + (i % kernels)];
        }

        foreach (var rectify in (bool[])[false, true])
        {
            using var from = new GuardedNumbers(pixels);
            using var own = new GuardedNumbers(weights);
            using var to = new GuardedNumbers([.. Enumerable.Repeat(float.NaN, sizes.Results)]);

            convolution.Convolve(from.Start, own.Start, rectify, to.Start);

            Assert.True(from.IsWhole && own.IsWhole && to.IsWhole);
            Near([.. expected.Select(value => rectify ? Math.Max(0, value) : value)], to.Numbers);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_way_back_is_the_transpose_and_closed_gates_let_nothing_through(string name)
    {
        var sizes = Cases[name];
        var (geometry, channels, kernels) = sizes;
        var convolution = new EntryKernels(geometry, channels, kernels);
        var (slopes, weights, gates) = (Numbers(sizes.Results, 3), Numbers(kernels * convolution.FilledTaps, 4), Numbers(sizes.Results, 5));
        gates[0] = 0;
        foreach (var gated in (bool[])[false, true])
        {
            using var from = new GuardedNumbers(slopes);
            using var open = new GuardedNumbers(gates);
            using var own = new GuardedNumbers(weights);
            using var to = new GuardedNumbers([.. Enumerable.Repeat(float.NaN, sizes.Pixels)]);
            var expected = new double[sizes.Pixels];
            foreach (var (result, pixel, tap) in sizes.Products())
            {
                for (var kernel = 0; kernel < kernels; kernel++)
                {
                    var i = (result * kernels) + kernel;
                    expected[pixel] += gated && gates[i] <= 0 ? 0 : (double)slopes[i] * weights[(kernel * convolution.FilledTaps) + tap];
                }
            }

            convolution.Back(from.Start, gated ? open.Start : null, own.Start, to.Start);

            Assert.True(from.IsWhole && open.IsWhole && own.IsWhole && to.IsWhole);
            Near(expected, to.Numbers);
        }
    }

    private static void Near(double[] expected, float[] found) => ConvolutionNumbers.Near(expected, found, Rounding);

    private sealed record Sizes(EntryGeometry Geometry, int Channels, int Kernels)
    {
        /// <summary>Numbers of a patch.</summary>
        public int Run => Geometry.KernelHeight * Geometry.KernelWidth * Channels;

        public int Pixels => Geometry.Images * Geometry.Height * Geometry.Width * Channels;

        public int Results => Geometry.Images * Geometry.ResultHeight * Geometry.ResultWidth * Kernels;

        /// <summary>Each pixel of the results with each number of the images that it sees, and the number's place in the patch.</summary>
        public IEnumerable<(int Result, int Pixel, int Tap)> Products() =>
            from image in Enumerable.Range(0, Geometry.Images)
            from row in Enumerable.Range(0, Geometry.ResultHeight)
            from column in Enumerable.Range(0, Geometry.ResultWidth)
            from tap in Enumerable.Range(0, Run)
            let y = (row * Geometry.StrideDown) - Geometry.PaddingDown + (tap / Channels / Geometry.KernelWidth)
            let x = (column * Geometry.StrideAcross) - Geometry.PaddingAcross + (tap / Channels % Geometry.KernelWidth)
            where y >= 0 && y < Geometry.Height && x >= 0 && x < Geometry.Width
            select (
                (((image * Geometry.ResultHeight) + row) * Geometry.ResultWidth) + column,
                (((((image * Geometry.Height) + y) * Geometry.Width) + x) * Channels) + (tap % Channels),
                tap);
    }
}
