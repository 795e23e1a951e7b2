using System.CommandLine;
using Utaf.Configuration;
using Utaf.Reports;

namespace Utaf.Tool.Options;

/// <summary>How <c>verify</c> and <c>watch</c> judge, what they keep, and whom they tell.</summary>
internal sealed class JudgementOptions
{
    private const string DefaultEvidence = ".utaf/evidence";
    private const string DefaultReports = ".utaf/reports";

    private readonly Option<double?> significance = OptionKinds.Number<double>(
        "--significance",
        "The largest p-value that counts as piracy, in (0, 1). What the held-out models cannot support is inconclusive. [default: the "
            + "threshold alone decides]",
        "a number in (0, 1)");
    private readonly Option<string?> evidence = OptionKinds.Text(
        "--evidence", $"Where verdicts and transcripts are kept. [default: {DefaultEvidence}]", "FOLDER");
    private readonly Option<bool> fresh = new("--fresh")
    {
        Description = "Asks anew, where otherwise an interrupted run of the same command would go on.",
    };
    private readonly Option<string[]> reports = OptionKinds.Repeated(
        "--report",
        $"Writes a report: {string.Join(", ", ReportForms.All.Select(form => form.Name))}; may be given more than once. [default: none]",
        "FORM");
    private readonly Option<string?> reportFolder = OptionKinds.Text("--report-folder", $"Where reports go. [default: {DefaultReports}]", "FOLDER");
    private readonly Option<string?> openIssue = OptionKinds.Text(
        "--open-issue",
        "Opens a GitHub issue, or comments on the open one, where piracy is suspected. The token is GITHUB_TOKEN's.",
        "OWNER/REPO");

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[significance, evidence, fresh, reports, reportFolder, openIssue])
        {
            command.Add(option);
        }
    }

    /// <summary>What was chosen.</summary>
    /// <exception cref="UtafException">UTAF1001, UTAF1650.</exception>
    public Judgement Read(ParseResult parsed)
    {
        var asked = parsed.GetValue(significance);
        if (asked is { } value && !(value > 0 && value < 1))
        {
            throw Errors.BadOption("--significance", FormattableString.Invariant($"{value}"), "a number in (0, 1)");
        }

        return new Judgement(
            asked,
            parsed.GetValue(evidence) ?? DefaultEvidence,
            parsed.GetValue(fresh),
            [.. parsed.GetValue(reports)!.Select(name => ReportForms.Find(name).Name)],
            parsed.GetValue(reportFolder) ?? DefaultReports,
            ConfigurationOption.Read(parsed).GitHub with { Repository = parsed.GetValue(openIssue) });
    }
}

/// <summary>How suspects are judged, what is kept, and who is told.</summary>
/// <param name="Significance">In (0, 1); null: the threshold alone decides.</param>
/// <param name="Evidence">The evidence folder.</param>
/// <param name="Fresh">Whether an interrupted run is left behind.</param>
/// <param name="Reports">The forms of report to write.</param>
/// <param name="ReportFolder">Where they go.</param>
/// <param name="GitHub">Where an issue is opened; its repository is null if none is.</param>
internal sealed record Judgement(
    double? Significance,
    string Evidence,
    bool Fresh,
    IReadOnlyList<string> Reports,
    string ReportFolder,
    GitHubSettings GitHub);
