using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Utaf.Torch;

/// <summary>
/// The three transforms of Winograd's F(4×4, 3×3): a tile of 6×6 pixels and a kernel of 3×3 become 36 numbers each, whose
/// products, summed over the channels, become 4×4 pixels of the convolution: 36 products where 144 would be needed. The
/// matrices are those for the points 0, ±1, ±2 and ∞ (Lavin and Gray 2016). A tile at an edge, of which only 1 to 3 rows or
/// columns of results are needed, leaves out −2, then 2, then −1, and takes 3 to 5 numbers along that side.
/// </summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>Pixels of a tile's result along each side.</summary>
    public const int Step = 4;

    /// <summary>Pixels of a tile along each side.</summary>
    public const int Side = 6;

    /// <summary>Numbers of a tile, and of a kernel, once they are transformed.</summary>
    public const int Numbers = Side * Side;

    /// <summary>A kernel's numbers.</summary>
    public const int Taps = 9;

    private const int Lanes = ProductTiles.Lanes;
    private const int Edge = 3;

    /// <summary>Kernels that lie side by side.</summary>
    /// <param name="taps">The first kernel's first number; the others' follow.</param>
    /// <param name="tapStep">From one number of a kernel to the next.</param>
    /// <param name="to">The first kernel's first transformed number.</param>
    /// <param name="numberStep">From one of its numbers to the next.</param>
    /// <param name="count">How many kernels, a multiple of <see cref="ProductTiles.Lanes"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Kernels(float* taps, nint tapStep, float* to, nint numberStep, int count)
    {
        var columns = stackalloc Vector256<float>[Side * Edge];
        for (var first = 0; first < count; first += Lanes)
        {
            var from = taps + first;
            for (var column = 0; column < Edge; column++)
            {
                Kernel(
                    Vector256.Load(from + (column * tapStep)),
                    Vector256.Load(from + ((Edge + column) * tapStep)),
                    Vector256.Load(from + (((2 * Edge) + column) * tapStep)),
                    (float*)(columns + column),
                    Edge * Lanes);
            }

            for (var row = 0; row < Side; row++)
            {
                Kernel(columns[row * Edge], columns[(row * Edge) + 1], columns[(row * Edge) + 2], to + first + (row * Side * numberStep), numberStep);
            }
        }
    }

    /// <summary>
    /// Whether a tile has a number along one side: of fewer than four results only those of as many points as results and one
    /// more, in the order 0, 1, −1, 2, −2, and ∞. Kernels are transformed alike for all.
    /// </summary>
    /// <param name="results">Along that side, 0 to 4.</param>
    /// <param name="number">Along that side, 0 to 5.</param>
    public static bool Has(int results, int number) => number <= results || number == Side - 1;

    /// <summary>A tile's channels.</summary>
    /// <param name="pixels">Where each pixel's channels begin, row by row.</param>
    /// <param name="gates">Where those of the numbers begin that are to be above 0 for a pixel's number to count; null if all count.</param>
    /// <param name="height">Rows of its results, 1 to 4.</param>
    /// <param name="width">Columns of its results, 1 to 4.</param>
    /// <param name="to">The first transformed number; those that the tile does not have stay as they are.</param>
    /// <param name="numberStep">From one transformed number to the next.</param>
    /// <param name="channels">At least <see cref="ProductTiles.Lanes"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Tile(float** pixels, float** gates, int height, int width, float* to, nint numberStep, int channels)
    {
        var tile = stackalloc Vector256<float>[Numbers];
        var columns = width + Edge - 1;
        for (var next = 0; next < channels; next += Lanes)
        {
            // The last vector overlaps the one before it and writes the same numbers again.
            var channel = Math.Min(next, channels - Lanes);
            if (gates is null)
            {
                for (var column = 0; column < columns; column++)
                {
                    Pixels(
                        height,
                        Vector256.Load(pixels[column] + channel),
                        Vector256.Load(pixels[Side + column] + channel),
                        Vector256.Load(pixels[(2 * Side) + column] + channel),
                        Vector256.Load(pixels[(3 * Side) + column] + channel),
                        Vector256.Load(pixels[(4 * Side) + column] + channel),
                        Vector256.Load(pixels[(5 * Side) + column] + channel),
                        (float*)(tile + column),
                        Side * Lanes);
                }
            }
            else
            {
                for (var column = 0; column < columns; column++)
                {
                    Pixels(
                        height,
                        Gated(pixels[column] + channel, gates[column] + channel),
                        Gated(pixels[Side + column] + channel, gates[Side + column] + channel),
                        Gated(pixels[(2 * Side) + column] + channel, gates[(2 * Side) + column] + channel),
                        Gated(pixels[(3 * Side) + column] + channel, gates[(3 * Side) + column] + channel),
                        Gated(pixels[(4 * Side) + column] + channel, gates[(4 * Side) + column] + channel),
                        Gated(pixels[(5 * Side) + column] + channel, gates[(5 * Side) + column] + channel),
                        (float*)(tile + column),
                        Side * Lanes);
                }
            }

            for (var row = 0; row < Side; row++)
            {
                if (Has(height, row))
                {
                    var numbers = tile + (row * Side);
                    Pixels(width, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], to + channel + (row * Side * numberStep), numberStep);
                }
            }
        }
    }

    /// <summary>A tile's results, for channels that fill a vector.</summary>
    /// <param name="sums">The first transformed number of the first channel.</param>
    /// <param name="numberStep">From one transformed number to the next.</param>
    /// <param name="height">Rows of its results, 1 to 4.</param>
    /// <param name="width">Columns of its results, 1 to 4.</param>
    /// <param name="shift">What is added to each result.</param>
    /// <param name="results">[4, 4], row by row; of fewer rows or columns the others stay as they are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Results(float* sums, nint numberStep, int height, int width, Vector256<float> shift, Vector256<float>* results)
    {
        var columns = stackalloc Vector256<float>[Step * Side];
        for (var column = 0; column < Side; column++)
        {
            if (!Has(width, column))
            {
                continue;
            }

            // What the tile does not have is read and not used.
            var from = sums + (column * numberStep);
            Sums(
                height,
                Vector256.Load(from),
                Vector256.Load(from + (Side * numberStep)),
                Vector256.Load(from + (2 * Side * numberStep)),
                Vector256.Load(from + (3 * Side * numberStep)),
                Vector256.Load(from + (4 * Side * numberStep)),
                Vector256.Load(from + (5 * Side * numberStep)),
                Vector256<float>.Zero,
                columns + column,
                Side);
        }

        for (var row = 0; row < height; row++)
        {
            var numbers = columns + (row * Side);
            Sums(width, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], shift, results + (row * Step), 1);
        }
    }

    /// <summary>Numbers where others are above 0, and 0 elsewhere.</summary>
    /// <param name="number">The first number.</param>
    /// <param name="gate">The first of the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gated(float* number, float* gate) =>
        Vector256.Load(number) & Vector256.GreaterThan(Vector256.Load(gate), Vector256<float>.Zero);

    // G.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Kernel(Vector256<float> first, Vector256<float> second, Vector256<float> third, float* to, nint step)
    {
        var ends = (first + third) * (-1 / 6f);
        var middle = second * (1 / 6f);
        (first * (1 / 4f)).Store(to);
        (ends - middle).Store(to + step);
        (ends + middle).Store(to + (2 * step));
        var outer = Vector256.FusedMultiplyAdd(first, Vector256.Create(1 / 24f), third * (1 / 6f));
        middle = second * (1 / 12f);
        (outer + middle).Store(to + (3 * step));
        (outer - middle).Store(to + (4 * step));
        third.Store(to + (5 * step));
    }

    // Bᵀ. With fewer points each row is the polynomial of the others that are left; what the kernels were divided by for those
    // that are not is made good here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixels(int results, Vector256<float> p0, Vector256<float> p1, Vector256<float> p2, Vector256<float> p3, Vector256<float> p4, Vector256<float> p5, float* to, nint step)
    {
        var (four, minusFour) = (Vector256.Create(4f), Vector256.Create(-4f));
        Vector256<float> even, odd;
        switch (results)
        {
            case 4:
                var minusFive = Vector256.Create(-5f);
                Vector256.FusedMultiplyAdd(p0, four, Vector256.FusedMultiplyAdd(p2, minusFive, p4)).Store(to);
                (even, odd) = (Vector256.FusedMultiplyAdd(p2, minusFour, p4), Vector256.FusedMultiplyAdd(p1, minusFour, p3));
                (even + odd).Store(to + step);
                (even - odd).Store(to + (2 * step));
                (even, odd) = (p4 - p2, p3 - p1);
                odd += odd;
                (even + odd).Store(to + (3 * step));
                (even - odd).Store(to + (4 * step));
                Vector256.FusedMultiplyAdd(p1, four, Vector256.FusedMultiplyAdd(p3, minusFive, p5)).Store(to + (5 * step));
                break;
            case 3:
                var (two, minusTwo, three) = (Vector256.Create(2f), Vector256.Create(-2f), Vector256.Create(3f));
                (even, odd) = (Vector256.FusedMultiplyAdd(p0, two, -p1), Vector256.FusedMultiplyAdd(p2, minusTwo, p3));
                ((even + odd) * two).Store(to);
                (Vector256.FusedMultiplyAdd(p1, minusTwo, p3 - p2) * three).Store(to + step);
                Vector256.FusedMultiplyAdd(p1, two, Vector256.FusedMultiplyAdd(p2, -three, p3)).Store(to + (2 * step));
                ((p3 - p1) * four).Store(to + (3 * step));
                Vector256.FusedMultiplyAdd(p3 - p1, minusTwo, p4 - p2).Store(to + (5 * step));
                break;
            case 2:
                var minusThree = Vector256.Create(-3f);
                ((p0 - p2) * four).Store(to);
                ((p1 + p2) * minusThree).Store(to + step);
                ((p2 - p1) * minusThree).Store(to + (2 * step));
                (p3 - p1).Store(to + (5 * step));
                break;
            default:
                ((p0 - p1) * four).Store(to);
                (p1 * -6f).Store(to + step);
                (p2 - p1).Store(to + (5 * step));
                break;
        }
    }

    // Aᵀ.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums(int results, Vector256<float> m0, Vector256<float> m1, Vector256<float> m2, Vector256<float> m3, Vector256<float> m4, Vector256<float> m5, Vector256<float> shift, Vector256<float>* to, int step)
    {
        var (sum, difference) = (m1 + m2, m1 - m2);
        switch (results)
        {
            case 4:
                var (farSum, farDifference) = (m3 + m4, m3 - m4);
                to[0] = m0 + sum + (farSum + shift);
                to[step] = Vector256.FusedMultiplyAdd(farDifference, Vector256.Create(2f), difference + shift);
                to[2 * step] = Vector256.FusedMultiplyAdd(farSum, Vector256.Create(4f), sum + shift);
                to[3 * step] = Vector256.FusedMultiplyAdd(farDifference, Vector256.Create(8f), difference + (m5 + shift));
                break;
            case 3:
                to[0] = m0 + sum + (m3 + shift);
                to[step] = Vector256.FusedMultiplyAdd(m3, Vector256.Create(2f), difference + shift);
                to[2 * step] = Vector256.FusedMultiplyAdd(m3, Vector256.Create(4f), sum + (m5 + shift));
                break;
            case 2:
                to[0] = m0 + sum + shift;
                to[step] = difference + (m5 + shift);
                break;
            default:
                to[0] = m0 + m1 + (m5 + shift);
                break;
        }
    }
}
