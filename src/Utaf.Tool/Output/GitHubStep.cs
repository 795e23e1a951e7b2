using System.Globalization;
using System.Text;
using Utaf.Reports;
using Utaf.Tool.Documents;

namespace Utaf.Tool.Output;

/// <summary>
/// What a step of a GitHub workflow shows of a command: outputs, a part of the job's summary, annotations. They go into three files of
/// one folder, which the action hands to the runner, so that nothing a suspect says is ever read as a command to it.
/// </summary>
/// <param name="folder">Where <c>outputs</c>, <c>summary.md</c> and <c>annotations</c> are written.</param>
internal sealed class GitHubStep(string folder)
{
    // GitHub takes 1 MiB for all of a step's summary, and shows ten annotations of a kind for a step.
    private const int LongestSummary = 900 * 1024;
    private const int MostAnnotations = 10;

    private readonly List<string> annotations = [];

    /// <summary>Of a pair that was made.</summary>
    public void Write(FingerprintDocument document, string manifest)
    {
        WriteOutputs(("fingerprint-id", document.Sha256), ("manifest", manifest), ("commitment", document.Commitment.File));
        var held = document.Manifest.HeldOut;
        WriteSummary(
            $"""
            ### Fingerprint of {MarkdownText.Escape(document.Manifest.Model.Name)} {MarkdownText.Escape(document.Manifest.Model.Version)}

            | | |
            |---|---|
            | pair | `{document.Sha256}` |
            | ensemble | {document.Manifest.Ensemble.Positives} stolen and {document.Manifest.Ensemble.Negatives} honest models |
            | held out | {held.Members.Count(member => member.Stolen)} stolen and {held.Members.Count(member => !member.Stolen)} honest models, AUC {Numbers.Score(held.Auc)} |
            | commitment | {MarkdownText.Escape(document.Commitment.File)} |

            """);
        foreach (var note in document.Manifest.Ensemble.Notes)
        {
            Annotate("notice", "UTAF", note, null, null);
        }

        Flush();
    }

    /// <summary>Of one suspect or many that were verified.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="files">The reports that were written.</param>
    /// <param name="issues">Addresses of the issues that were opened or commented.</param>
    public void Write(VerificationReport report, IReadOnlyList<string> files, IReadOnlyList<string> issues)
    {
        var verdicts = report.Findings.Where(finding => finding.Verdict is not null).ToList();
        WriteOutputs(
            ("verdict", WordOf(report.ExitCode)),
            ("matching-rate", Number(verdicts.Max(finding => finding.Verdict!.MatchingRate))),
            ("p-value", Number(verdicts.Min(finding => finding.AdjustedPValue ?? finding.Verdict!.PValue))),
            ("fingerprint-id", string.Join('\n', report.Findings.Select(finding => finding.PairSha256).Distinct())),
            ("report", string.Join('\n', files)),
            ("sarif-file", files.FirstOrDefault(file => file.EndsWith(".sarif", StringComparison.Ordinal)) ?? ""),
            ("issue-url", string.Join('\n', issues)));
        WriteSummary(new MarkdownReport().Render(report));
        foreach (var finding in report.BySeverity.Where(finding => finding.ExitCode != ExitCode.NoPiracySuspected))
        {
            Annotate(
                "warning",
                FindingWords.Verdict(finding),
                $"{Untrusted.Line(finding.Suspect)}: {FindingWords.Why(finding)}",
                finding.Position?.File,
                finding.Position?.Line);
        }

        Flush();
    }

    /// <summary>Of an error that ended the command.</summary>
    public void Write(Diagnostic error)
    {
        var (file, place) = error.Origin.Split('(') is [var path, var rest] ? (path, rest) : (error.Origin, null);
        int? line = int.TryParse(place?.Split(',', ')')[0], CultureInfo.InvariantCulture, out var number) ? number : null;
        Annotate("error", error.Code, $"{error.Origin}: {error.Message}", File.Exists(file) ? file : null, line);
        Flush();
    }

    private static string WordOf(ExitCode code) => code switch
    {
        ExitCode.PiracySuspected => "piracy-suspected",
        ExitCode.NoPiracySuspected => "no-piracy-suspected",
        ExitCode.Inconclusive => "inconclusive",
        _ => "not-verified",
    };

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>As the runner reads the message of a workflow command.</summary>
    private static string Escape(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    /// <summary>As it reads the value of a workflow command's property.</summary>
    private static string EscapeProperty(string text) =>
        Escape(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private void Annotate(string level, string title, string message, string? file, int? line)
    {
        var place = (file is null ? "" : $",file={EscapeProperty(Path.GetRelativePath(Environment.CurrentDirectory, file))}")
            + (file is null || line is null ? "" : FormattableString.Invariant($",line={line}"));
        annotations.Add($"::{level} title={EscapeProperty(title)}{place}::{Escape(message)}");
    }

    private void Flush()
    {
        var shown = annotations.Count <= MostAnnotations
            ? annotations
            : [.. annotations.Take(MostAnnotations - 1), $"::warning title=UTAF::{annotations.Count - MostAnnotations + 1} more are in the summary and the reports."];
        Append("annotations", string.Concat(shown.Select(annotation => annotation + "\n")));
    }

    private void WriteOutputs(params (string Name, string Value)[] outputs)
    {
        // A delimiter that nobody knows beforehand: no value can end early and begin another output.
        var delimiter = $"utaf-{Guid.NewGuid():n}";
        Append("outputs", string.Concat(outputs.Select(output => $"{output.Name}<<{delimiter}\n{output.Value}\n{delimiter}\n")));
    }

    private void WriteSummary(string markdown)
    {
        var bytes = Encoding.UTF8.GetBytes(markdown);
        if (bytes.Length > LongestSummary)
        {
            var text = Encoding.UTF8.GetString(bytes.AsSpan(0, LongestSummary));
            markdown = text[..text.LastIndexOf('\n')] + "\n\nThe rest is in the reports: a summary has no more room.\n";
        }

        Append("summary.md", $"\n\n{markdown}\n");
    }

    private void Append(string name, string text)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.AppendAllText(Path.Combine(folder, name), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(folder, e);
        }
    }
}
