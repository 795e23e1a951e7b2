using Utaf.Benchmarks.Results;
using Utaf.Metrics;

namespace Utaf.Benchmarks.Reports;

/// <summary>One family's suspects in one repeat.</summary>
/// <param name="Family">The kind of obfuscation or of independent training.</param>
/// <param name="Stolen">Which side it is of.</param>
/// <param name="Models">How many.</param>
/// <param name="Auc">Against all suspects of the other side.</param>
/// <param name="MeanScore">The mean of their scores.</param>
/// <param name="TprAt5">At 5 % false positives of all honest ones; null for honest families, which are no true positives.</param>
internal sealed record FamilyMeasures(string Family, bool Stolen, int Models, double Auc, double MeanScore, double? TprAt5)
{
    public static IEnumerable<FamilyMeasures> Of(SchemeResult result)
    {
        var (stolen, honest) = (SchemeMeasures.Stolen(result), SchemeMeasures.Honest(result));
        return result.Suspects.GroupBy(suspect => (suspect.Family, suspect.Stolen)).Select(family =>
        {
            double[] scores = [.. family.Select(suspect => suspect.Score)];
            return new FamilyMeasures(
                family.Key.Family,
                family.Key.Stolen,
                scores.Length,
                family.Key.Stolen ? RocCurve.Auc(scores, honest) : RocCurve.Auc(stolen, scores),
                scores.Average(),
                family.Key.Stolen ? RocCurve.TruePositiveRateAt(scores, honest, 0.05) : null);
        });
    }
}
