namespace Utaf.Data;

/// <summary>Mean, deviation and range of each column of a row-major table.</summary>
public static class ColumnStatistics
{
    /// <summary>Mean and standard deviation per column; a constant column has deviation 1, so that dividing by it is safe.</summary>
    /// <param name="values">Row-major, [n, width].</param>
    /// <param name="width">Columns, at least 1.</param>
    public static (float[] Mean, float[] Deviation) Of(float[] values, int width)
    {
        var (sum, squares) = (new double[width], new double[width]);
        for (var i = 0; i < values.Length; i++)
        {
            sum[i % width] += values[i];
        }

        var rows = Math.Max(1, values.Length / width);
        for (var i = 0; i < values.Length; i++)
        {
            var difference = values[i] - (sum[i % width] / rows);
            squares[i % width] += difference * difference;
        }

        return ([.. sum.Select(s => (float)(s / rows))], [.. squares.Select(s => Math.Sqrt(s / rows) is > 1e-8 and var deviation ? (float)deviation : 1f)]);
    }

    /// <summary>Smallest and largest value per column.</summary>
    public static (float[] Low, float[] High) Range(float[] values, int width)
    {
        float[] low = [.. values.Take(width)];
        float[] high = [.. low];
        for (var i = 0; i < values.Length; i++)
        {
            low[i % width] = Math.Min(low[i % width], values[i]);
            high[i % width] = Math.Max(high[i % width], values[i]);
        }

        return (low, high);
    }
}
