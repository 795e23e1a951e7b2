using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Utaf.Torch;

/// <summary>
/// Products of small matrices of float32 on the processor. Each number of a product is one chain of fused multiply-adds in the
/// order of the inner dimension: the same bits on every processor, in every place and with every neighbour, where a BLAS
/// chooses its order by all three.
/// </summary>
/// <remarks>
/// Made for matrices that fit into the processor's caches, as those of small perceptrons do: nothing is packed. What works in
/// vectors is compiled for good at its first call: the runtime's first version of a loop would run for a good part of the
/// seconds that an ensemble of perceptrons takes.
/// </remarks>
internal static unsafe class Products
{
    /// <summary>
    /// Whether the processor has fused multiply-adds of vectors (x64 with FMA and AVX2, or Arm64). Without them the products
    /// are the same, bit for bit, but each multiply-add of two numbers is the call of a function.
    /// </summary>
    public static bool IsFast => (Fma.IsSupported && Vector256.IsHardwareAccelerated) || AdvSimd.IsSupported;

    /// <summary>C = start + A·B.</summary>
    /// <param name="left">A, [rows, inner]; may lie by columns.</param>
    /// <param name="right">B, [inner, columns], by rows.</param>
    /// <param name="product">C, [rows, columns], by rows; no part of A or B.</param>
    /// <param name="start">A number for each row, [rows], which its chains begin with; null for 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(LeftMatrix left, Matrix right, Matrix product, float* start = null)
    {
        if (product.Columns < ProductTiles.Width)
        {
            ProductTiles.Narrow(left, right, product, start);
            return;
        }

        var column = 0;
        var tiled = product.Rows >= ProductTiles.Height ? product.Rows : 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // As far as they go. They change no number: each stands in a lane of its own.
            for (; column <= product.Columns - ProductTiles.WideWidth; column += ProductTiles.WideWidth)
            {
                for (var row = 0; row < tiled; row += ProductTiles.Height)
                {
                    ProductTiles.SixWide(left, right, product, start, Math.Min(row, product.Rows - ProductTiles.Height), column);
                }

                for (var row = tiled; row < product.Rows; row++)
                {
                    ProductTiles.OneWide(left, right, product, start, row, column);
                }
            }
        }

        for (; column < product.Columns; column += ProductTiles.Width)
        {
            // The last tiles overlap those before them and write the same numbers again.
            var from = Math.Min(column, product.Columns - ProductTiles.Width);
            for (var row = 0; row < tiled; row += ProductTiles.Height)
            {
                ProductTiles.Six(left, right, product, start, Math.Min(row, product.Rows - ProductTiles.Height), from);
            }

            for (var row = tiled; row < product.Rows; row++)
            {
                ProductTiles.One(left, right, product, start, row, from);
            }
        }
    }

    /// <summary>The transpose of a matrix.</summary>
    /// <param name="source">[rows, columns].</param>
    /// <param name="transposed">[columns, rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(Matrix source, Matrix transposed)
    {
        // Four by four where the processor can turn such blocks in its registers.
        const int block = 4;
        var (turnedRows, turnedColumns) = Sse.IsSupported ? (source.Rows / block * block, source.Columns / block * block) : (0, 0);
        for (var row = 0; row < turnedRows; row += block)
        {
            for (var column = 0; column < turnedColumns; column += block)
            {
                TransposeBlock(source.Start + (row * (nint)source.Stride) + column, source.Stride, transposed.Start + (column * (nint)transposed.Stride) + row, transposed.Stride);
            }
        }

        for (var row = 0; row < source.Rows; row++)
        {
            for (var column = row < turnedRows ? turnedColumns : 0; column < source.Columns; column++)
            {
                transposed.Start[(column * (nint)transposed.Stride) + row] = source.Start[(row * (nint)source.Stride) + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeBlock(float* from, nint fromStride, float* to, nint toStride)
    {
        var (first, second) = (Vector128.Load(from), Vector128.Load(from + fromStride));
        var (third, fourth) = (Vector128.Load(from + (2 * fromStride)), Vector128.Load(from + (3 * fromStride)));
        var (left, right) = (Sse.UnpackLow(first, second), Sse.UnpackHigh(first, second));
        var (leftBelow, rightBelow) = (Sse.UnpackLow(third, fourth), Sse.UnpackHigh(third, fourth));
        Sse.MoveLowToHigh(left, leftBelow).Store(to);
        Sse.MoveHighToLow(leftBelow, left).Store(to + toStride);
        Sse.MoveLowToHigh(right, rightBelow).Store(to + (2 * toStride));
        Sse.MoveHighToLow(rightBelow, right).Store(to + (3 * toStride));
    }

    /// <summary>ReLU, in place.</summary>
    /// <param name="signal">Any matrix whose rows follow each other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rectify(Matrix signal)
    {
        var i = 0;
        for (; i <= signal.Count - ProductTiles.Lanes; i += ProductTiles.Lanes)
        {
            Vector256.Max(Vector256.Load(signal.Start + i), Vector256<float>.Zero).Store(signal.Start + i);
        }

        for (; i < signal.Count; i++)
        {
            signal.Start[i] = MathF.Max(signal.Start[i], 0);
        }
    }

    /// <summary>The way back through ReLU, in place: it passes the gradient on where it let the signal through.</summary>
    /// <param name="slopes">The gradient of what ReLU returned; its rows follow each other.</param>
    /// <param name="signal">What it returned, of the same shape.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PassWhereOpen(Matrix slopes, Matrix signal)
    {
        var i = 0;
        for (; i <= slopes.Count - ProductTiles.Lanes; i += ProductTiles.Lanes)
        {
            (Vector256.Load(slopes.Start + i) & Vector256.GreaterThan(Vector256.Load(signal.Start + i), Vector256<float>.Zero)).Store(slopes.Start + i);
        }

        for (; i < slopes.Count; i++)
        {
            slopes.Start[i] = signal.Start[i] > 0 ? slopes.Start[i] : 0;
        }
    }
}
