
namespace Utaf.Reports;

/// <summary>What is said of all findings together.</summary>
public static class ReportWords
{
    /// <summary>The summary's columns, which <see cref="Row"/> fills.</summary>
    public static IReadOnlyList<ReportColumn> Columns { get; } =
    [
        new("Suspect"),
        new("Model"),
        new("Verdict"),
        new("p₊", IsNumber: true),
        new("p-value", IsNumber: true),
        new("Adjusted p", IsNumber: true),
        new("Answers", IsNumber: true),
    ];

    /// <summary>Where <see cref="Row"/> has the verdict.</summary>
    public const int VerdictColumn = 2;

    /// <summary>One row of the summary.</summary>
    public static IReadOnlyList<string> Row(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return
        [
            Untrusted.Line(finding.Suspect),
            Untrusted.Line($"{finding.Manifest.Model.Name}@{finding.Manifest.Model.Version}"),
            FindingWords.Verdict(finding),
            Figures.Short(finding.Verdict?.MatchingRate),
            Figures.Short(finding.Verdict?.PValue),
            Figures.Short(finding.AdjustedPValue),
            finding.Verdict is { } verdict ? $"{Figures.Count(verdict.Answered)}/{Figures.Count(verdict.Asked)}" : "–",
        ];
    }

    /// <summary>One sentence, such as "3 verifications: 1 piracy suspected, 2 inconclusive."</summary>
    public static string Summary(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Findings switch
        {
            [] => "Nothing was verified: there are no suspects.",
            [var only] => $"1 verification: {FindingWords.Verdict(only)}.",
            var many => $"{Figures.Count(many.Count)} verifications: {string.Join(", ", Counts(report))}.",
        };
    }

    private static IEnumerable<string> Counts(VerificationReport report) =>
        report.BySeverity.CountBy(FindingWords.Verdict).Select(verdict => $"{Figures.Count(verdict.Value)} {verdict.Key}");

    /// <summary>Who made the report and when.</summary>
    public static string Origin(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return $"UTAF {Untrusted.Line(report.ToolVersion)}, {Figures.Time(report.CreatedUtc)}";
    }
}

/// <summary>A column of the summary; numbers stand right-aligned.</summary>
/// <param name="Heading">Its name.</param>
/// <param name="IsNumber">Whether it holds numbers.</param>
public sealed record ReportColumn(string Heading, bool IsNumber = false);
