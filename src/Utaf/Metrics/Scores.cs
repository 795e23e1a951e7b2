namespace Utaf.Metrics;

/// <summary>Counting in sorted scores.</summary>
internal static class Scores
{
    /// <summary>A sorted copy, ascending.</summary>
    /// <exception cref="ArgumentException">The set is empty or holds NaN, which has no place in an order.</exception>
    public static double[] Sorted(IReadOnlyCollection<double> scores, string name)
    {
        ArgumentNullException.ThrowIfNull(scores, name);
        if (scores.Count == 0)
        {
            throw new ArgumentException("Expected at least one score, found none.", name);
        }

        double[] sorted = [.. scores];
        if (Array.Exists(sorted, double.IsNaN))
        {
            throw new ArgumentException("A score is NaN.", name);
        }

        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Share of the scores above the threshold, in [0, 1].</summary>
    public static double ShareAbove(double[] sorted, double threshold) =>
        (double)(sorted.Length - CountWhere(sorted, score => score <= threshold)) / sorted.Length;

    /// <summary>How many scores, from the smallest on, satisfy a condition that no larger one does again.</summary>
    public static int CountWhere(double[] sorted, Func<double, bool> holds)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(sorted[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
