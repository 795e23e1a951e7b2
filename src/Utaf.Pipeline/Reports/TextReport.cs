using System.Text;

namespace Utaf.Reports;

/// <summary>Plain text: a summary of several findings, then each with all its facts.</summary>
public sealed class TextReport : IReportForm
{
    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public string Extension => ".txt";

    /// <inheritdoc/>
    public string Render(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append(ReportWords.Summary(report)).Append('\n').Append(ReportWords.Origin(report)).Append('\n');
        if (report.Findings.Count > 1)
        {
            AddTable(text, report);
        }

        foreach (var finding in report.BySeverity)
        {
            AddFacts(text, finding);
        }

        return text.ToString();
    }

    private static void AddTable(StringBuilder text, VerificationReport report)
    {
        IReadOnlyList<string>[] lines = [[.. ReportWords.Columns.Select(column => column.Heading)], .. report.BySeverity.Select(ReportWords.Row)];
        var widths = ReportWords.Columns.Select((_, i) => lines.Max(line => TextWidth.Of(line[i]))).ToList();
        text.Append('\n');
        foreach (var line in lines)
        {
            var cells = line.Select((cell, i) => TextWidth.Pad(cell, widths[i], ReportWords.Columns[i].IsNumber));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }

    private static void AddFacts(StringBuilder text, SuspectFinding finding)
    {
        Fact[] facts =
        [
            .. FindingFacts.Verdict(finding),
            new("Meaning", FindingWords.Meaning(finding)),
            new("Next", FindingWords.NextStep(finding)),
            .. FindingFacts.Evidence(finding),
        ];
        var width = facts.Max(fact => TextWidth.Of(fact.Name));
        text.Append('\n');
        foreach (var fact in facts)
        {
            text.Append(TextWidth.Pad(fact.Name, width)).Append("  ").Append(fact.Value).Append('\n');
        }
    }
}
