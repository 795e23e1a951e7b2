namespace Utaf.Verification;

/// <summary>
/// How often an honest model would score as high: the conformal p-value of a suspect against the held-out negatives
/// (Vovk, Gammerman and Shafer 2005, <i>Algorithmic Learning in a Random World</i>, chapter 2; Bates et al. 2023,
/// <i>Testing for outliers with conformal p-values</i>, equation 2).
/// </summary>
public static class ConformalPValue
{
    /// <summary>(1 + number of negatives that score at least as high) / (n + 1).</summary>
    /// <param name="score">The suspect's matching rate.</param>
    /// <param name="heldOutNegatives">Matching rates of the n held-out honest models; may be empty, which gives 1.</param>
    /// <returns>In [1/(n + 1), 1].</returns>
    public static double Of(double score, IReadOnlyCollection<double> heldOutNegatives)
    {
        ArgumentNullException.ThrowIfNull(heldOutNegatives);
        return (1.0 + heldOutNegatives.Count(negative => negative >= score)) / (heldOutNegatives.Count + 1.0);
    }

    /// <summary>1/(n + 1): no evidence from n held-out negatives gives a smaller p-value.</summary>
    /// <param name="heldOutNegatives">n, at least 0.</param>
    public static double Floor(int heldOutNegatives)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heldOutNegatives);
        return 1.0 / (heldOutNegatives + 1.0);
    }

    /// <summary>The least number of held-out negatives whose floor is at most the asked significance.</summary>
    /// <param name="significance">In (0, 1).</param>
    /// <returns>A whole number, as double because 1/significance can be beyond any integer type.</returns>
    public static double NegativesNeeded(double significance)
    {
        // 1/0.05 and its like are rounded; the neighbours settle which side of the integer they fall on.
        var n = Math.Max(0, Math.Floor(1 / significance) - 2);
        while (1 / (n + 1) > significance && n + 1 > n)
        {
            n++;
        }

        return n;
    }
}
