using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>One family's suspects in one repeat, against all suspects of the other side.</summary>
/// <param name="Family">The kind of obfuscation or of independent training.</param>
/// <param name="Stolen">Which side it is of.</param>
/// <param name="Models">How many.</param>
/// <param name="Aruc">Area under the lower of robustness and uniqueness.</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="TprAt1">At 1 % false positives of all honest ones; null for honest families, which are no true positives.</param>
/// <param name="TprAt5">At 5 % false positives of all honest ones; null for honest families.</param>
/// <param name="MeanScore">The mean of their scores.</param>
internal sealed record FamilyMeasures(string Family, bool Stolen, int Models, double Aruc, double Auc, double? TprAt1, double? TprAt5, double MeanScore)
{
    public static IEnumerable<FamilyMeasures> Of(SchemeResult result) =>
        result.Suspects.GroupBy(suspect => (suspect.Family, suspect.Stolen)).Select(family =>
        {
            var (name, stolen) = family.Key;
            var measures = SchemeMeasures.Of(result with { Suspects = [.. family, .. result.Suspects.Where(suspect => suspect.Stolen != stolen)] });
            return new FamilyMeasures(
                name,
                stolen,
                family.Count(),
                measures.Aruc,
                measures.Auc,
                stolen ? measures.TprAt1 : null,
                stolen ? measures.TprAt5 : null,
                family.Average(suspect => suspect.Score));
        });
}
