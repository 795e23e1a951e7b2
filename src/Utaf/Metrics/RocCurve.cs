namespace Utaf.Metrics;

/// <summary>The receiver operating characteristic of scores (Fawcett 2006, <i>An introduction to ROC analysis</i>).</summary>
public static class RocCurve
{
    /// <summary>
    /// The probability that a positive scores above a negative, a tie counted as one half: the area under the ROC curve
    /// (Hanley and McNeil 1982; the Mann-Whitney statistic).
    /// </summary>
    /// <param name="positives">Scores of the positives, at least one.</param>
    /// <param name="negatives">Scores of the negatives, at least one.</param>
    /// <returns>In [0, 1].</returns>
    /// <exception cref="ArgumentException">A set is empty or holds NaN.</exception>
    public static double Auc(IReadOnlyCollection<double> positives, IReadOnlyCollection<double> negatives)
    {
        var sortedPositives = Scores.Sorted(positives, nameof(positives));
        var sortedNegatives = Scores.Sorted(negatives, nameof(negatives));

        // In halves, so that the sum stays a whole number.
        var halves = sortedPositives.Sum(positive =>
            (long)Scores.CountWhere(sortedNegatives, negative => negative < positive)
            + Scores.CountWhere(sortedNegatives, negative => negative <= positive));
        return halves / (2.0 * sortedPositives.Length * sortedNegatives.Length);
    }

    /// <summary>The best true positive rate of all thresholds whose false positive rate is at most the given one.</summary>
    /// <param name="positives">Scores of the positives, at least one.</param>
    /// <param name="negatives">Scores of the negatives, at least one.</param>
    /// <param name="falsePositiveRate">In [0, 1].</param>
    /// <returns>In [0, 1]; a score counts as positive if it is above the threshold.</returns>
    /// <exception cref="ArgumentException">A set is empty or holds NaN, or the rate is outside [0, 1].</exception>
    public static double TruePositiveRateAt(
        IReadOnlyCollection<double> positives, IReadOnlyCollection<double> negatives, double falsePositiveRate)
    {
        if (falsePositiveRate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(falsePositiveRate), falsePositiveRate, "Expected a rate in [0, 1].");
        }

        var sortedPositives = Scores.Sorted(positives, nameof(positives));
        var sortedNegatives = Scores.Sorted(negatives, nameof(negatives));

        // The small term undoes the rounding of products such as 0.07 · 100.
        var allowed = (int)Math.Floor((falsePositiveRate * sortedNegatives.Length) + 1e-9);
        return allowed >= sortedNegatives.Length ? 1 : Scores.ShareAbove(sortedPositives, sortedNegatives[^(allowed + 1)]);
    }
}
