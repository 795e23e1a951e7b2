namespace Utaf.Torch.Tests;

public sealed class WinogradTilesTests
{
    public static TheoryData<int, int, int> Sizes { get; } = new()
    {
        { 1, 4, 4 }, { 3, 8, 12 }, { 2, 7, 9 }, { 1, 5, 6 }, { 4, 1, 1 }, { 2, 2, 8 }, { 2, 12, 3 }, { 5, 14, 14 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_result_is_in_one_tile(int images, int height, int width)
    {
        var tiles = new WinogradTiles(images, height, width);
        var found = new int[images, height, width];

        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = tiles[i];
            Assert.InRange(tile.Height, 1, WinogradTransforms.Step);
            Assert.InRange(tile.Width, 1, WinogradTransforms.Step);
            for (var row = 0; row < tile.Height; row++)
            {
                for (var column = 0; column < tile.Width; column++)
                {
                    found[tile.Image, tile.Top + row, tile.Left + column]++;
                }
            }
        }

        Assert.All(found.Cast<int>(), count => Assert.Equal(1, count));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Those_that_have_a_number_are_told_and_no_others(int images, int height, int width)
    {
        var tiles = new WinogradTiles(images, height, width);
        (int From, int To)[] blocks = [(0, tiles.Count), (0, (tiles.Count + 1) / 2), (tiles.Count / 2, tiles.Count), (tiles.Count / 3, 2 * tiles.Count / 3)];

        foreach (var (from, to) in blocks)
        {
            for (var number = 0; number < WinogradTransforms.Numbers; number++)
            {
                var expected = Enumerable.Range(from, to - from).Where(tile => Has(tiles[tile], number));

                var (first, count) = tiles.WithNumber(number, from, to);

                Assert.Equal(expected, Enumerable.Range(first, Math.Max(0, count)));
            }
        }
    }

    [Fact]
    public void Fewer_results_take_fewer_numbers()
    {
        int[] counts = [.. Enumerable.Range(1, WinogradTransforms.Step).Select(results => Enumerable.Range(0, WinogradTransforms.Side).Count(number => WinogradTransforms.Has(results, number)))];

        Assert.Equal([3, 4, 5, 6], counts);
    }

    private static bool Has(WinogradTile tile, int number) =>
        WinogradTransforms.Has(tile.Height, number / WinogradTransforms.Side) && WinogradTransforms.Has(tile.Width, number % WinogradTransforms.Side);
}
