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
/// <remarks>Made for matrices that fit into the processor's caches, as those of small perceptrons do: nothing is packed.</remarks>
internal static unsafe class Products
{
    private const int Lanes = 8;
    private const int Width = 2 * Lanes;
    private const int Height = 6;

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
    public static void Multiply(LeftMatrix left, Matrix right, Matrix product, float* start = null)
    {
        if (product.Columns < Width)
        {
            Narrow(left, right, product, start);
            return;
        }

        for (var column = 0; column < product.Columns; column += Width)
        {
            // The last tiles overlap those before them and write the same numbers again.
            var from = Math.Min(column, product.Columns - Width);
            var row = 0;
            if (product.Rows >= Height)
            {
                for (; row < product.Rows; row += Height)
                {
                    Six(left, right, product, start, Math.Min(row, product.Rows - Height), from);
                }
            }

            for (; row < product.Rows; row++)
            {
                One(left, right, product, start, row, from);
            }
        }
    }

    /// <summary>The transpose of a matrix.</summary>
    /// <param name="source">[rows, columns].</param>
    /// <param name="transposed">[columns, rows].</param>
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
    /// <param name="signal">Any matrix.</param>
    public static void Rectify(Matrix signal)
    {
        var i = 0;
        for (; i <= signal.Count - Lanes; i += Lanes)
        {
            Vector256.Max(Vector256.Load(signal.Start + i), Vector256<float>.Zero).Store(signal.Start + i);
        }

        for (; i < signal.Count; i++)
        {
            signal.Start[i] = MathF.Max(signal.Start[i], 0);
        }
    }

    /// <summary>The way back through ReLU, in place: it passes the gradient on where it let the signal through.</summary>
    /// <param name="slopes">The gradient of what ReLU returned.</param>
    /// <param name="signal">What it returned, of the same shape.</param>
    public static void PassWhereOpen(Matrix slopes, Matrix signal)
    {
        var i = 0;
        for (; i <= slopes.Count - Lanes; i += Lanes)
        {
            (Vector256.Load(slopes.Start + i) & Vector256.GreaterThan(Vector256.Load(signal.Start + i), Vector256<float>.Zero)).Store(slopes.Start + i);
        }

        for (; i < slopes.Count; i++)
        {
            slopes.Start[i] = signal.Start[i] > 0 ? slopes.Start[i] : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
    {
        var a = left.Start + (row * (nint)left.RowStep);
        var b = right.Start + column;
        var (down, along, next) = ((nint)left.RowStep, (nint)left.ColumnStep, (nint)right.Stride);
        var (down2, down3, down4, down5) = (2 * down, 3 * down, 4 * down, 5 * down);
        var (c00, c10, c20, c30, c40, c50) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        if (start is not null)
        {
            (c00, c10, c20) = (Vector256.Create(start[row]), Vector256.Create(start[row + 1]), Vector256.Create(start[row + 2]));
            (c30, c40, c50) = (Vector256.Create(start[row + 3]), Vector256.Create(start[row + 4]), Vector256.Create(start[row + 5]));
        }

        var (c01, c11, c21, c31, c41, c51) = (c00, c10, c20, c30, c40, c50);
        for (var k = left.Columns; k > 0; k--)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + Lanes);
            var value = Vector256.Create(*a);
            c00 = Vector256.FusedMultiplyAdd(value, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(value, b1, c01);
            value = Vector256.Create(a[down]);
            c10 = Vector256.FusedMultiplyAdd(value, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(value, b1, c11);
            value = Vector256.Create(a[down2]);
            c20 = Vector256.FusedMultiplyAdd(value, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(value, b1, c21);
            value = Vector256.Create(a[down3]);
            c30 = Vector256.FusedMultiplyAdd(value, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(value, b1, c31);
            value = Vector256.Create(a[down4]);
            c40 = Vector256.FusedMultiplyAdd(value, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(value, b1, c41);
            value = Vector256.Create(a[down5]);
            c50 = Vector256.FusedMultiplyAdd(value, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(value, b1, c51);
            a += along;
            b += next;
        }

        var to = product.Start + (row * (nint)product.Stride) + column;
        var line = (nint)product.Stride;
        Store(to, c00, c01);
        Store(to + line, c10, c11);
        Store(to + (2 * line), c20, c21);
        Store(to + (3 * line), c30, c31);
        Store(to + (4 * line), c40, c41);
        Store(to + (5 * line), c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
    {
        var a = left.Start + (row * (nint)left.RowStep);
        var b = right.Start + column;
        var (along, next) = ((nint)left.ColumnStep, (nint)right.Stride);
        var c0 = start is null ? Vector256<float>.Zero : Vector256.Create(start[row]);
        var c1 = c0;
        for (var k = left.Columns; k > 0; k--)
        {
            var value = Vector256.Create(*a);
            c0 = Vector256.FusedMultiplyAdd(value, Vector256.Load(b), c0);
            c1 = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + Lanes), c1);
            a += along;
            b += next;
        }

        Store(product.Start + (row * (nint)product.Stride) + column, c0, c1);
    }

    private static void Narrow(LeftMatrix left, Matrix right, Matrix product, float* start)
    {
        for (var row = 0; row < product.Rows; row++)
        {
            for (var column = 0; column < product.Columns; column++)
            {
                var sum = start is null ? 0 : start[row];
                for (var k = 0; k < left.Columns; k++)
                {
                    sum = MathF.FusedMultiplyAdd(left.Start[(row * (nint)left.RowStep) + (k * (nint)left.ColumnStep)], right.Start[(k * (nint)right.Stride) + column], sum);
                }

                product.Start[(row * (nint)product.Stride) + column] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector256<float> first, Vector256<float> second)
    {
        first.Store(to);
        second.Store(to + Lanes);
    }
}

/// <summary>A matrix that lies by rows. Whoever makes it keeps its memory in place.</summary>
/// <param name="start">The first number.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">How many columns.</param>
internal readonly unsafe struct Matrix(float* start, int rows, int columns)
{
    /// <summary>The first number.</summary>
    public float* Start => start;

    /// <summary>How many rows.</summary>
    public int Rows => rows;

    /// <summary>How many columns.</summary>
    public int Columns => columns;

    /// <summary>From one row to the next.</summary>
    public int Stride => columns;

    /// <summary>The matrix on the left of a product.</summary>
    public LeftMatrix AsLeft => new(start, rows, columns, columns, 1);

    /// <summary>Its transpose on the left of a product.</summary>
    public LeftMatrix TransposedAsLeft => new(start, columns, rows, 1, columns);

    /// <summary>How many numbers it has.</summary>
    public int Count => rows * columns;
}

/// <summary>A matrix whose numbers are read one by one, and so may lie by rows or by columns.</summary>
/// <param name="start">The first number.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">How many columns.</param>
/// <param name="rowStep">From one row to the next.</param>
/// <param name="columnStep">From one column to the next.</param>
internal readonly unsafe struct LeftMatrix(float* start, int rows, int columns, int rowStep, int columnStep)
{
    /// <summary>The first number.</summary>
    public float* Start => start;

    /// <summary>How many rows.</summary>
    public int Rows => rows;

    /// <summary>How many columns.</summary>
    public int Columns => columns;

    /// <summary>From one row to the next.</summary>
    public int RowStep => rowStep;

    /// <summary>From one column to the next.</summary>
    public int ColumnStep => columnStep;
}
