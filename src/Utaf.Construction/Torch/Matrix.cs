namespace Utaf.Torch;

/// <summary>A matrix that lies by rows. Whoever makes it keeps its memory in place.</summary>
/// <param name="start">The first number.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">How many columns.</param>
/// <param name="stride">From one row to the next.</param>
internal readonly unsafe struct Matrix(float* start, int rows, int columns, int stride)
{
    /// <summary>A matrix whose rows follow each other.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public Matrix(float* start, int rows, int columns)
        : this(start, rows, columns, columns)
    {
    }

    /// <summary>The first number.</summary>
    public float* Start => start;

    /// <summary>How many rows.</summary>
    public int Rows => rows;

    /// <summary>How many columns.</summary>
    public int Columns => columns;

    /// <summary>From one row to the next.</summary>
    public int Stride => stride;

    /// <summary>The matrix on the left of a product.</summary>
    public LeftMatrix AsLeft => new(start, rows, columns, stride, 1);

    /// <summary>Its transpose on the left of a product.</summary>
    public LeftMatrix TransposedAsLeft => new(start, columns, rows, 1, stride);

    /// <summary>How many numbers it has; they lie side by side where its rows follow each other.</summary>
    public int Count => rows * columns;
}
