using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Tests;

/// <summary>Runs whose measures are known.</summary>
/// <remarks>
/// Of four stolen suspects (0.9, 0.8, 0.6, 0.5) and four honest ones (0.7, 0.4, 0.2, 0.1) the stolen win 14 of 16 pairs: AUC 0.875. Two stolen
/// lie above 0.7: robustness at uniqueness 1, and TPR at 1 % and at 5 % FPR, are 0.5. ARUC by counting thresholds: see <see cref="Aruc"/>.
/// </remarks>
internal static class Runs
{
    /// <summary>
    /// The lower of robustness and uniqueness over ρ = k/100: 0 for k below 10, 1/4 for 10 to 19, 1/2 for 20 to 39, 3/4 for 40 to 59, 1/2 for 60 to
    /// 79, 1/4 for 80 to 89, then 0.
    /// </summary>
    public const double Aruc = ((10 * 0.25) + (20 * 0.5) + (20 * 0.75) + (20 * 0.5) + (10 * 0.25)) / 101;

    public const double Auc = 14 / 16.0;

    /// <summary>The copies: 0.9 fine-tuned, 0.8 and 0.5 distilled, 0.6 pruned. Distilled alone win 4 + 3 of 8 pairs.</summary>
    public const double DistilledAuc = 7 / 8.0;

    /// <summary>The suspects above.</summary>
    public static IReadOnlyList<ScoredSuspect> Suspects { get; } =
    [
        new("a", true, "fine-tuning", 0.9),
        new("b", true, "distillation", 0.8),
        new("c", true, "weight-pruning", 0.6),
        new("d", true, "distillation", 0.5),
        new("e", false, "independent-data", 0.7),
        new("f", false, "independent-data", 0.4),
        new("g", false, "independent-similar", 0.2),
        new("h", false, "independent-similar", 0.1),
    ];

    /// <summary>Suspects that are told apart without an error: AUC 1, ARUC 99/101.</summary>
    public static IReadOnlyList<ScoredSuspect> Apart { get; } = [.. Suspects.Select(suspect => suspect with { Score = suspect.Stolen ? 1 : 0.001 })];

    /// <summary>
    /// Suspects that are found or not by how many honest ones may be accused: a hundred honest ones score 0.005, 0.01, …, 0.5. One of 100 may lie above
    /// 0.495, five above 0.475. Two stolen lie between, one at 0.1025, three above all: AUC (3 · 100 + 2 · 96 + 20) / 600, TPR 3/6 and 5/6. Uniqueness
    /// at ρ = k/100 is k/50 up to 1; so ARUC is k/50 for k up to 41, 5/6 for 42 to 48, 1/2 for 49 to 89, 1/3 for 90 to 94, of 101: 0.4477.
    /// </summary>
    public static IReadOnlyList<ScoredSuspect> ManyHonest { get; } =
    [
        new("a", true, "distillation", 0.9),
        new("b", true, "distillation", 0.4825),
        new("c", true, "distillation", 0.4825),
        new("d", true, "distillation", 0.1025),
        new("e", true, "retraining", 0.95),
        new("f", true, "retraining", 0.95),
        .. Enumerable.Range(1, 100).Select(i => new ScoredSuspect($"n{i}", false, "independent-data", i / 200.0)),
    ];

    public static SchemeResult Scheme(string name, string setting, IReadOnlyList<ScoredSuspect>? suspects = null, double construction = 12, int queries = 100) =>
        new(name, setting, queries, construction, 0.25, "", suspects ?? Suspects, []);

    public static RepeatResult Repeat(ulong seed, params SchemeResult[] schemes) =>
        new(seed, new Dictionary<string, double> { ["accuracy"] = 0.75 }, 140, 60, schemes.Length > 0 ? schemes : [Scheme("utaf", "default")]);

    /// <summary>Writes a run into a folder.</summary>
    /// <returns>The folder's path.</returns>
    public static string Write(string path, string scenario, string profile, params RepeatResult[] repeats)
    {
        var folder = RunFolder.Create(path, new(RunSettings.CurrentFormat, scenario, profile, 0, ["0123456789abcdef0123"], "a processor, 2 threads"));
        foreach (var repeat in repeats)
        {
            folder.Write(repeat);
        }

        return path;
    }
}
