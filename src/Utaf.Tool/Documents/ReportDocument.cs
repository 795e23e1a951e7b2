using Utaf.Reports;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What <c>verify</c> and <c>watch</c> found: one finding with all its facts, or a table of several.</summary>
/// <param name="Report">It holds nothing secret.</param>
internal sealed record ReportDocument(VerificationReport Report) : Document
{
    public override string ToJson() => new JsonReport().Render(Report).TrimEnd('\n');

    public override string ToReport(DocumentFormat format) => ReportForms.Find(format.ToString()).Render(Report);

    public override void WriteTo(TextPage page)
    {
        if (Report.Findings is [var only])
        {
            page.Facts([.. FindingFacts.Verdict(only).Concat(FindingFacts.Evidence(only)).Select(fact => (fact.Name, CellOf(fact, only)))]);
            return;
        }

        if (Report.Findings.Count > 0)
        {
            page.Table(
                [.. ReportWords.Columns.Select(column => new Column(column.Heading, column.IsNumber))],
                Report.BySeverity.Select(Row));
        }

        page.Line(ReportWords.Summary(Report), Report.ExitCode == ExitCode.NoPiracySuspected ? Tone.Good : Tone.Bad);
        foreach (var finding in Report.BySeverity.Where(finding => finding.ExitCode is not (ExitCode.PiracySuspected or ExitCode.NoPiracySuspected)))
        {
            page.Line($"{Untrusted.Line(finding.Suspect)}: {FindingWords.Why(finding)}", finding.Verdict is null ? Tone.Bad : Tone.Plain);
        }
    }

    private static Cell[] Row(SuspectFinding finding) =>
        [.. ReportWords.Row(finding).Select((text, column) => column == ReportWords.VerdictColumn ? new Cell(text, ToneOf(finding)) : text)];

    private static Cell CellOf(Fact fact, SuspectFinding finding) =>
        fact.Name == FindingFacts.VerdictName ? new Cell(fact.Value, ToneOf(finding)) : fact.Value;

    private static Tone ToneOf(SuspectFinding finding) => finding switch
    {
        { Verdict: null } or { ExitCode: ExitCode.PiracySuspected } => Tone.Bad,
        { ExitCode: ExitCode.NoPiracySuspected } => Tone.Good,
        _ => Tone.Plain,
    };
}
