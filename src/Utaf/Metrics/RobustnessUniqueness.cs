namespace Utaf.Metrics;

/// <summary>One point of the robustness-uniqueness curve.</summary>
/// <param name="Threshold">ρ in [0, 1].</param>
/// <param name="Robustness">Share of the positives whose score is above ρ, in [0, 1].</param>
/// <param name="Uniqueness">Share of the negatives whose score is not above ρ, in [0, 1].</param>
public sealed record RobustnessUniquenessPoint(double Threshold, double Robustness, double Uniqueness);

/// <summary>
/// The robustness-uniqueness curve of the paper over ρ = 0, 0.01, …, 1 and its area, ARUC.
/// </summary>
/// <remarks>
/// At ρ = 1 nothing is above and at ρ = 0 every negative with a score above 0 counts as positive, so a perfect method scores
/// 99/101 = 0.9802, not 1.
/// </remarks>
public sealed class RobustnessUniqueness
{
    private const int Steps = 100;

    /// <summary>Computes the curve.</summary>
    /// <param name="positives">Matching rates of the stolen models, in [0, 1]; at least one.</param>
    /// <param name="negatives">Matching rates of the honest models, in [0, 1]; at least one.</param>
    /// <exception cref="ArgumentException">A set is empty or holds NaN.</exception>
    public RobustnessUniqueness(IReadOnlyCollection<double> positives, IReadOnlyCollection<double> negatives)
    {
        var sortedPositives = Scores.Sorted(positives, nameof(positives));
        var sortedNegatives = Scores.Sorted(negatives, nameof(negatives));
        Curve =
        [
            .. Enumerable.Range(0, Steps + 1).Select(step => (double)step / Steps).Select(threshold => new RobustnessUniquenessPoint(
                threshold,
                Scores.ShareAbove(sortedPositives, threshold),
                1 - Scores.ShareAbove(sortedNegatives, threshold))),
        ];
        Aruc = Curve.Average(point => Math.Min(point.Robustness, point.Uniqueness));
        RobustnessAtUniquenessOne = Scores.ShareAbove(sortedPositives, sortedNegatives[^1]);
    }

    /// <summary>The 101 points, by rising threshold.</summary>
    public IReadOnlyList<RobustnessUniquenessPoint> Curve { get; }

    /// <summary>Mean of min(robustness, uniqueness) over the 101 thresholds, in [0, 99/101] if all scores are in (0, 1].</summary>
    public double Aruc { get; }

    /// <summary>Share of the positives that score above every negative, in [0, 1].</summary>
    public double RobustnessAtUniquenessOne { get; }
}
