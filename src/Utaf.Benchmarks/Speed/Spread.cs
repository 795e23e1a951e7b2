namespace Utaf.Benchmarks.Speed;

/// <summary>The middle and the ends of some measurements.</summary>
/// <param name="Median">Of an even number, the mean of the middle two.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
internal sealed record Spread(double Median, double Minimum, double Maximum)
{
    /// <summary>Of measurements by themselves.</summary>
    /// <param name="values">At least one.</param>
    public static Spread Of(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>
    /// Of the ratios of pairs: both of a pair were measured one right after the other, so that what slowed the machine for a
    /// while slowed both.
    /// </summary>
    /// <param name="ours">At least one.</param>
    /// <param name="reference">As many, above 0.</param>
    public static Spread OfRatios(IReadOnlyList<double> ours, IReadOnlyList<double> reference) =>
        ours.Count == reference.Count
            ? Of([.. ours.Zip(reference, (mine, theirs) => mine / theirs)])
            : throw new ArgumentException($"{ours.Count} measurements of ours cannot be paired with {reference.Count} of the reference.", nameof(reference));
}
