namespace Utaf.Reports;

/// <summary>Stacks marks that would hide each other; their place on the axis is never changed.</summary>
internal static class DotRows
{
    /// <summary>Rows that a stack may have; what is left over lies on the row with most room.</summary>
    public const int Most = 10;

    /// <summary>How much of the axis a mark takes where the page is narrowest: 9 of 300 pixels.</summary>
    private const double MarkWidth = 0.03;

    /// <summary>The row of each mark, from 0.</summary>
    /// <param name="sorted">Places on the axis, ascending, in [0, 1].</param>
    public static int[] Of(IReadOnlyList<double> sorted)
    {
        var rows = new int[sorted.Count];
        var last = Enumerable.Repeat(double.NegativeInfinity, Most).ToArray();
        for (var i = 0; i < sorted.Count; i++)
        {
            var free = Array.FindIndex(last, place => sorted[i] - place >= MarkWidth);
            rows[i] = free >= 0 ? free : Array.IndexOf(last, last.Min());
            last[rows[i]] = sorted[i];
        }

        return rows;
    }

    /// <summary>At most so many of the values, evenly by rank, the least and the greatest among them.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="most">At least 2.</param>
    public static IReadOnlyList<double> Sample(IReadOnlyList<double> sorted, int most) => sorted.Count <= most
        ? sorted
        : [.. Enumerable.Range(0, most).Select(i => sorted[(int)((long)i * (sorted.Count - 1) / (most - 1))])];
}
