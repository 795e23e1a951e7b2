namespace Utaf.Metrics;

/// <summary>
/// Holm's step-down correction (Holm 1979, <i>A simple sequentially rejective multiple test procedure</i>): who tests m suspects
/// accuses an honest one with at most the asked probability, however their p-values depend on each other.
/// </summary>
public static class Holm
{
    /// <summary>
    /// The adjusted p-values: with p₍₁₎ ≤ … ≤ p₍ₘ₎, the i-th is the largest of min(1, (m - j + 1)·p₍ⱼ₎) over j ≤ i.
    /// </summary>
    /// <param name="pValues">Each in [0, 1].</param>
    /// <returns>In the order given; each at least the p-value itself, at most 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        if (pValues.Any(p => !(p is >= 0 and <= 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(pValues), "Expected numbers in [0, 1].");
        }

        var adjusted = new double[pValues.Count];
        var largest = 0.0;
        foreach (var (index, rank) in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]).Select((index, rank) => (index, rank)))
        {
            largest = Math.Max(largest, Math.Min(1, (pValues.Count - rank) * pValues[index]));
            adjusted[index] = largest;
        }

        return adjusted;
    }
}
