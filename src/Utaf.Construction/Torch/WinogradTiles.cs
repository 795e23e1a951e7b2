namespace Utaf.Torch;

/// <summary>
/// The tiles of images: of four results along each side as far as they go, and at the right and lower edge of the one to three
/// that are left, which need fewer of the transformed numbers (<see cref="WinogradTransforms"/>). Tiles of the same sizes follow
/// each other, so that those that have a number lie side by side.
/// </summary>
internal readonly struct WinogradTiles
{
    private readonly (int Whole, int Over) rows;
    private readonly (int Whole, int Over) columns;

    // Where tiles of whole rows and columns start, those below them, and those in the corners; before them are those beside.
    private readonly int whole;
    private readonly int below;
    private readonly int corners;

    /// <param name="images">How many images.</param>
    /// <param name="height">Their height.</param>
    /// <param name="width">Their width.</param>
    public WinogradTiles(int images, int height, int width)
    {
        (rows, columns) = (Math.DivRem(height, WinogradTransforms.Step), Math.DivRem(width, WinogradTransforms.Step));
        whole = columns.Over == 0 ? 0 : images * rows.Whole;
        below = whole + (images * rows.Whole * columns.Whole);
        corners = below + (rows.Over == 0 ? 0 : images * columns.Whole);
        Count = corners + (rows.Over == 0 || columns.Over == 0 ? 0 : images);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Where a tile is, and how many results it has.</summary>
    public WinogradTile this[int tile]
    {
        get
        {
            if (tile < whole)
            {
                var (image, row) = Math.DivRem(tile, rows.Whole);
                return Tile(image, row, columns.Whole, WinogradTransforms.Step, columns.Over);
            }

            if (tile < below)
            {
                var (image, within) = Math.DivRem(tile - whole, rows.Whole * columns.Whole);
                var (row, column) = Math.DivRem(within, columns.Whole);
                return Tile(image, row, column, WinogradTransforms.Step, WinogradTransforms.Step);
            }

            if (tile < corners)
            {
                var (image, column) = Math.DivRem(tile - below, columns.Whole);
                return Tile(image, rows.Whole, column, rows.Over, WinogradTransforms.Step);
            }

            return Tile(tile - corners, rows.Whole, columns.Whole, rows.Over, columns.Over);
        }
    }

    /// <summary>Which of some tiles that follow each other have one of the 36 numbers.</summary>
    /// <param name="number">The number.</param>
    /// <param name="from">The first tile.</param>
    /// <param name="to">The one after the last.</param>
    /// <returns>The first, and how many; 0 or fewer: none.</returns>
    public (int First, int Count) WithNumber(int number, int from, int to)
    {
        var (row, column) = Math.DivRem(number, WinogradTransforms.Side);
        var (hasBelow, hasBeside) = (WinogradTransforms.Has(rows.Over, row), WinogradTransforms.Has(columns.Over, column));
        var first = Math.Max(from, hasBeside ? 0 : whole);

        // Corners have what both have: where one has not, they are left out, and with the rows so are the tiles below.
        var last = Math.Min(to, (hasBelow, hasBeside) switch { (true, true) => Count, (true, false) => corners, _ => below });
        return (first, last - first);
    }

    private static WinogradTile Tile(int image, int row, int column, int height, int width) =>
        new(image, row * WinogradTransforms.Step, column * WinogradTransforms.Step, height, width);
}

/// <summary>One tile.</summary>
/// <param name="Image">Its image.</param>
/// <param name="Top">The row of its first result.</param>
/// <param name="Left">The column of its first result.</param>
/// <param name="Height">Rows of results, 1 to 4.</param>
/// <param name="Width">Columns of results, 1 to 4.</param>
internal readonly record struct WinogradTile(int Image, int Top, int Left, int Height, int Width);
