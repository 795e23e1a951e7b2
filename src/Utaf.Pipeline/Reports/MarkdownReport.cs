using System.Text;

namespace Utaf.Reports;

/// <summary>GitHub's Markdown, for <c>$GITHUB_STEP_SUMMARY</c>: it may be appended to what other steps wrote.</summary>
public sealed class MarkdownReport : IReportForm
{
    /// <summary>GitHub refuses a step's summary of more than 1 MiB; something is left for other tools.</summary>
    public const int MostBytes = 1_000_000;

    private const int LongestReason = 1000;

    /// <inheritdoc/>
    public string Name => "markdown";

    /// <inheritdoc/>
    public string Extension => ".md";

    /// <inheritdoc/>
    public string Render(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new BoundedText(MostBytes);
        var findings = report.BySeverity.ToList();
        page.Add($"\n## {(report.ExitCode == ExitCode.PiracySuspected ? "❌ " : "")}Model verification\n\n{ReportWords.Summary(report)}\n");
        if (findings.Count > 1)
        {
            AddTable(page, findings);
        }

        var left = page.AddWhileRoom(findings, finding => Details(finding, open: findings.Count == 1));
        if (left > 0)
        {
            page.Add($"\nDetails of {Figures.Count(left, "more finding")} are left out here; the other forms of the report have them.\n");
        }

        page.Add($"\n<sub>{MarkdownText.Escape(ReportWords.Origin(report))}</sub>\n");
        return page.ToString();
    }

    private static void AddTable(BoundedText page, List<SuspectFinding> findings)
    {
        page.Add($"\n| {string.Join(" | ", ReportWords.Columns.Select(column => column.Heading))} |\n");
        page.Add($"|{string.Concat(ReportWords.Columns.Select(column => column.IsNumber ? "--:|" : "---|"))}\n");

        // Half of the room, so that the worst findings' details are always there.
        var left = page.AddWhileRoom(findings, Row, MostBytes / 2);
        if (left > 0)
        {
            page.Add($"\n{Figures.Count(left, "more row")} left out.\n");
        }
    }

    private static string Row(SuspectFinding finding)
    {
        var cells = ReportWords.Row(finding);
        return $"| {MarkdownText.Code(cells[0])} | {MarkdownText.Code(cells[1])} | {Mark(finding)} {string.Join(" | ", cells.Skip(ReportWords.VerdictColumn))} |\n";
    }

    private static string Details(SuspectFinding finding, bool open)
    {
        var text = new StringBuilder();
        text.Append($"\n### {Mark(finding)} {MarkdownText.Code(finding.Suspect)}: {FindingWords.Verdict(finding)}\n\n");
        text.Append($"{MarkdownText.Escape(FindingWords.Why(finding), LongestReason)}\n\n");
        text.Append($"**What it means.** {FindingWords.Meaning(finding)}\n\n**What to do.** {FindingWords.NextStep(finding)}\n\n");

        // A blank line ends the HTML block, so that Markdown begins again.
        text.Append($"<details{(open ? " open" : "")}><summary>Numbers and evidence</summary>\n\n| | |\n|---|---|\n");
        foreach (var fact in FindingFacts.Verdict(finding).Concat(FindingFacts.Evidence(finding)).Where(fact => fact.Name != FindingFacts.WhyName))
        {
            text.Append(MarkdownText.Row(fact));
        }

        return text.Append("\n</details>\n").ToString();
    }

    private static string Mark(SuspectFinding finding) => finding.ExitCode switch
    {
        ExitCode.PiracySuspected => "❌",
        ExitCode.NoPiracySuspected => "✅",
        _ => "⚠️",
    };
}
