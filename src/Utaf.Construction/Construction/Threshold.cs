using Utaf.Metrics;

namespace Utaf.Construction;

/// <summary>The choice of ρ.</summary>
internal static class Threshold
{
    /// <summary>
    /// One half, where p₊ = p₋, unless the validation part has it that other thresholds are better by more than a single
    /// model: then the middle of the longest run of those at which robustness and uniqueness are jointly best.
    /// </summary>
    /// <param name="scores">Of the validation part.</param>
    /// <returns>In (0, 1).</returns>
    public static double Choose(Scores scores)
    {
        // The ends are no thresholds: at 0 everything matches, at 1 nothing does.
        var inner = new RobustnessUniqueness(scores.Positives, scores.Negatives).Curve.Where(point => point.Threshold is > 0 and < 1).ToList();
        var best = inner.Max(Joint);
        var natural = Joint(inner.MinBy(point => Math.Abs(point.Threshold - 0.5))!);
        var oneModel = 1.0 / Math.Min(scores.Positives.Length, scores.Negatives.Length);
        if (best - natural < 1.5 * oneModel)
        {
            return 0.5;
        }

        var (start, length) = (0, 0);
        for (var i = 0; i < inner.Count; i++)
        {
            var run = inner.Skip(i).TakeWhile(point => Joint(point) == best).Count();
            if (run > length)
            {
                (start, length) = (i, run);
            }
        }

        return Math.Round((inner[start].Threshold + inner[start + length - 1].Threshold) / 2, 3);

        static double Joint(RobustnessUniquenessPoint point) => Math.Min(point.Robustness, point.Uniqueness);
    }
}
