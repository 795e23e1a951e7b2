using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Utaf.Torch;

/// <summary>
/// The tiles that a product is made of: each holds its part of the product in the processor's registers while it goes along
/// the inner dimension. The wide ones are the others once more with vectors of 512 bits.
/// </summary>
/// <remarks>
/// They are written out because Vector&lt;T&gt; stays at 256 bits even where the processor has 512. As in <see cref="Products"/>,
/// start is null for 0; row and column are the tile's first, and all of it lies in the product.
/// </remarks>
internal static unsafe class ProductTiles
{
    /// <summary>Numbers in a vector of 256 bits.</summary>
    public const int Lanes = 8;

    /// <summary>Columns of a tile.</summary>
    public const int Width = 2 * Lanes;

    /// <summary>Columns of a wide tile.</summary>
    public const int WideWidth = 2 * WideLanes;

    /// <summary>Rows of a tall tile; the others have one.</summary>
    public const int Height = 6;

    private const int WideLanes = 16;

    /// <summary>A tall tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Six(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
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

    /// <summary>A tile of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
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

    /// <summary>A tall tile of wide vectors, where the processor has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixWide(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
    {
        var a = left.Start + (row * (nint)left.RowStep);
        var b = right.Start + column;
        var (down, along, next) = ((nint)left.RowStep, (nint)left.ColumnStep, (nint)right.Stride);
        var (down2, down3, down4, down5) = (2 * down, 3 * down, 4 * down, 5 * down);
        var (c00, c10, c20, c30, c40, c50) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        if (start is not null)
        {
            (c00, c10, c20) = (Vector512.Create(start[row]), Vector512.Create(start[row + 1]), Vector512.Create(start[row + 2]));
            (c30, c40, c50) = (Vector512.Create(start[row + 3]), Vector512.Create(start[row + 4]), Vector512.Create(start[row + 5]));
        }

        var (c01, c11, c21, c31, c41, c51) = (c00, c10, c20, c30, c40, c50);
        for (var k = left.Columns; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + WideLanes);
            var value = Vector512.Create(*a);
            c00 = Vector512.FusedMultiplyAdd(value, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(value, b1, c01);
            value = Vector512.Create(a[down]);
            c10 = Vector512.FusedMultiplyAdd(value, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(value, b1, c11);
            value = Vector512.Create(a[down2]);
            c20 = Vector512.FusedMultiplyAdd(value, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(value, b1, c21);
            value = Vector512.Create(a[down3]);
            c30 = Vector512.FusedMultiplyAdd(value, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(value, b1, c31);
            value = Vector512.Create(a[down4]);
            c40 = Vector512.FusedMultiplyAdd(value, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(value, b1, c41);
            value = Vector512.Create(a[down5]);
            c50 = Vector512.FusedMultiplyAdd(value, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(value, b1, c51);
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

    /// <summary>A tile of one row of wide vectors, where the processor has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneWide(LeftMatrix left, Matrix right, Matrix product, float* start, int row, int column)
    {
        var a = left.Start + (row * (nint)left.RowStep);
        var b = right.Start + column;
        var (along, next) = ((nint)left.ColumnStep, (nint)right.Stride);
        var c0 = start is null ? Vector512<float>.Zero : Vector512.Create(start[row]);
        var c1 = c0;
        for (var k = left.Columns; k > 0; k--)
        {
            var value = Vector512.Create(*a);
            c0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b), c0);
            c1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b + WideLanes), c1);
            a += along;
            b += next;
        }

        Store(product.Start + (row * (nint)product.Stride) + column, c0, c1);
    }

    /// <summary>A whole product that is narrower than a tile, number by number.</summary>
    public static void Narrow(LeftMatrix left, Matrix right, Matrix product, float* start)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> first, Vector512<float> second)
    {
        first.Store(to);
        second.Store(to + WideLanes);
    }
}
