using Utaf.Benchmarks.Results;
using Utaf.Metrics;

namespace Utaf.Benchmarks.Reports;

/// <summary>What the scores of one repeat's suspects say about a scheme in a setting.</summary>
/// <param name="Aruc">Area under the lower of robustness and uniqueness.</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="TprAt1">True positive rate at 1 % false positives.</param>
/// <param name="TprAt5">True positive rate at 5 % false positives.</param>
/// <param name="RobustnessAtUniquenessOne">Share of the stolen that score above every honest one.</param>
/// <param name="DistilledAuc">Of the distilled copies alone against all honest ones; null where there are none.</param>
internal sealed record SchemeMeasures(double Aruc, double Auc, double TprAt1, double TprAt5, double RobustnessAtUniquenessOne, double? DistilledAuc)
{
    /// <summary>The measures that stand together wherever one of them does, in the order of a table's columns.</summary>
    public static IReadOnlyList<(string Name, Func<SchemeMeasures, double?> Of)> InEveryTable { get; } =
    [
        ("ARUC", measures => measures.Aruc),
        ("AUC", measures => measures.Auc),
        ("TPR at 1 % FPR", measures => measures.TprAt1),
        ("TPR at 5 % FPR", measures => measures.TprAt5),
    ];

    /// <summary>All measures in the order of a table's columns.</summary>
    public static IReadOnlyList<(string Name, Func<SchemeMeasures, double?> Of)> Columns { get; } =
    [
        .. InEveryTable,
        ("robustness at uniqueness 1", measures => measures.RobustnessAtUniquenessOne),
        ("AUC, distilled copies alone", measures => measures.DistilledAuc),
    ];

    public static SchemeMeasures Of(SchemeResult result)
    {
        var (stolen, honest) = (Stolen(result), Honest(result));
        var curve = new RobustnessUniqueness(stolen, honest);
        double[] distilled = [.. result.Suspects.Where(suspect => suspect.Stolen && IsDistilled(suspect.Family)).Select(suspect => suspect.Score)];
        return new(
            curve.Aruc,
            RocCurve.Auc(stolen, honest),
            RocCurve.TruePositiveRateAt(stolen, honest, 0.01),
            RocCurve.TruePositiveRateAt(stolen, honest, 0.05),
            curve.RobustnessAtUniquenessOne,
            distilled.Length == 0 ? null : RocCurve.Auc(distilled, honest));
    }

    /// <summary>Robustness and uniqueness over the threshold.</summary>
    public static IReadOnlyList<RobustnessUniquenessPoint> Curve(SchemeResult result) => new RobustnessUniqueness(Stolen(result), Honest(result)).Curve;

    public static double[] Stolen(SchemeResult result) => [.. result.Suspects.Where(suspect => suspect.Stolen).Select(suspect => suspect.Score)];

    public static double[] Honest(SchemeResult result) => [.. result.Suspects.Where(suspect => !suspect.Stolen).Select(suspect => suspect.Score)];

    /// <summary>Whether a family's copies are students of the target: the weak spot of fingerprints.</summary>
    public static bool IsDistilled(string family) => family.StartsWith("distillation", StringComparison.Ordinal);
}
