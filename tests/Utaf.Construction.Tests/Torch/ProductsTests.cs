namespace Utaf.Torch.Tests;

/// <summary>Products against the chains of multiply-adds that they promise, number by number and bit by bit.</summary>
public sealed unsafe class ProductsTests
{
    public static TheoryData<int, int, int> Shapes { get; } = new()
    {
        // Whole tiles, tiles that overlap, fewer rows than a tile, fewer columns than a tile, and single numbers; wide tiles with
        // and without narrow ones after them.
        { 14, 6, 100 }, { 3, 5, 64 }, { 8, 4, 52 }, { 12, 9, 32 }, { 100, 31, 64 }, { 7, 5, 17 }, { 5, 3, 40 }, { 6, 4, 15 }, { 1, 8, 16 }, { 1, 1, 1 }, { 13, 2, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_number_is_one_chain_of_multiply_adds(int rows, int inner, int columns)
    {
        var (left, right, start) = (Numbers(rows * inner, 1), Numbers(inner * columns, 2), Numbers(rows, 3));
        var found = new float[rows * columns];
        fixed (float* a = left, b = right, c = found, first = start)
        {
            Products.Multiply(new Matrix(a, rows, inner).AsLeft, new(b, inner, columns), new(c, rows, columns), first);
        }

        Assert.Equal(Chains(rows, inner, columns, (row, k) => left[(row * inner) + k], right, start), found);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_left_may_lie_by_columns(int rows, int inner, int columns)
    {
        var (left, right) = (Numbers(rows * inner, 4), Numbers(inner * columns, 5));
        var found = new float[rows * columns];
        fixed (float* a = left, b = right, c = found)
        {
            Products.Multiply(new Matrix(a, inner, rows).TransposedAsLeft, new(b, inner, columns), new(c, rows, columns));
        }

        Assert.Equal(Chains(rows, inner, columns, (row, k) => left[(k * rows) + row], right, new float[rows]), found);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 33)]
    [InlineData(35, 2)]
    public void Transposes(int rows, int columns)
    {
        var numbers = Numbers(rows * columns, 6);
        var found = new float[rows * columns];
        fixed (float* a = numbers, b = found)
        {
            Products.Transpose(new(a, rows, columns), new(b, columns, rows));
        }

        Assert.All(Enumerable.Range(0, found.Length), i => Assert.Equal(numbers[(i % rows * columns) + (i / rows)], found[i]));
    }

    [Fact]
    public void A_part_of_a_matrix_is_transposed_into_a_part_of_another()
    {
        const int rows = 9;
        const int columns = 7;
        var (numbers, found) = (Numbers(12 * 11, 6), new float[10 * 13]);
        fixed (float* a = numbers, b = found)
        {
            Products.Transpose(new(a + 12, rows, columns, 11), new(b + 15, columns, rows, 13));
        }

        var places = Enumerable.Range(0, rows * columns).Select(i => (Row: i / columns, Column: i % columns)).ToList();
        Assert.All(places, place => Assert.Equal(numbers[12 + (place.Row * 11) + place.Column], found[15 + (place.Column * 13) + place.Row]));
        Assert.Equal(rows * columns, found.Count(number => number != 0));
    }

    [Fact]
    public void ReLU_and_its_way_back_reach_the_last_number()
    {
        // 19 numbers: two vectors and a rest.
        var numbers = Numbers(19, 7);
        var (signal, slopes) = (numbers.ToArray(), Numbers(19, 8));
        var before = slopes.ToArray();
        fixed (float* a = signal, b = slopes)
        {
            Products.Rectify(new(a, 1, 19));
            Products.PassWhereOpen(new(b, 1, 19), new(a, 1, 19));
        }

        Assert.Equal(numbers.Select(number => Math.Max(number, 0)), signal);
        Assert.Equal(before.Zip(numbers, (slope, number) => number > 0 ? slope : 0), slopes);
    }

    private static float[] Chains(int rows, int inner, int columns, Func<int, int, float> left, float[] right, float[] start)
    {
        var product = new float[rows * columns];
        for (var i = 0; i < product.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            product[i] = start[row];
            for (var k = 0; k < inner; k++)
            {
                product[i] = MathF.FusedMultiplyAdd(left(row, k), right[(k * columns) + column], product[i]);
            }
        }

        return product;
    }

    private static float[] Numbers(int count, ulong seed)
    {
        var random = new SeededRandom(seed, "products");
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextInt32(2001) - 1000) / 337f)];
    }
}
