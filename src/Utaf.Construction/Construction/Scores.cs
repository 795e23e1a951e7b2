namespace Utaf.Construction;

/// <summary>Matching rates of a part of the ensemble.</summary>
/// <param name="Positives">p₊ of the stolen members.</param>
/// <param name="Negatives">p₊ of the others.</param>
/// <param name="Loss">Mean of −log of the probability of the truth, both sides counting the same.</param>
internal sealed record Scores(double[] Positives, double[] Negatives, double Loss)
{
    public static Scores Of(FrozenMembers members, double[] logOdds)
    {
        var sides = logOdds.Zip(members.Stolen).ToLookup(pair => pair.Second, pair => pair.First);
        return new(
            [.. sides[true].Select(Probability)],
            [.. sides[false].Select(Probability)],
            (sides[true].Average(odds => Softplus(-odds)) + sides[false].Average(Softplus)) / 2);
    }

    public static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
