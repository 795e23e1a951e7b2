namespace Utaf.Torch;

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
