using System.Text;
using Utaf.Fingerprints;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Issues;

/// <summary>
/// What is posted about a finding. All of it comes from the finding, which holds no tensors, answers or secrets; what strangers chose
/// goes through <see cref="MarkdownText"/>.
/// </summary>
/// <param name="finding">The finding.</param>
/// <param name="verdict">Its verdict.</param>
internal sealed class IssueText(SuspectFinding finding, Verdict verdict)
{
    /// <summary>GitHub's bound for the text of an issue or comment, in characters.</summary>
    public const int LongestBody = 65_536;

    /// <summary>GitHub's bound for an issue's title.</summary>
    public const int LongestTitle = 256;

    /// <summary>What a template's title may name.</summary>
    public static readonly IReadOnlyCollection<string> TitlePlaces = ["suspect", "model", "version"];

    /// <summary>What a template's text may name.</summary>
    public static readonly IReadOnlyCollection<string> BodyPlaces =
        [.. TitlePlaces, "verdict", "why", "meaning", "next-step", "matching-rate", "threshold", "p-value", "numbers", "evidence", "earlier"];

    private const int LongestReason = 1000;
    private const int LongestName = 80;
    private const int MostBytesOfFacts = 20_000;

    // The hidden lines of an issue stay below this.
    private const int Hidden = 4_096;

    private ModelIdentity Model => finding.Manifest.Model;

    /// <summary>Whether piracy is suspected: only then an issue is opened.</summary>
    public bool IsSuspicion => verdict.Decision == Decision.PiracySuspected;

    /// <summary>The title of a new issue.</summary>
    public string Title(IssueTemplate template) => template.Title(new Dictionary<string, string>
    {
        ["suspect"] = InTitle(finding.Suspect),
        ["model"] = InTitle(Model.Name),
        ["version"] = InTitle(Model.Version),
    });

    /// <summary>The text of a new issue.</summary>
    /// <param name="template">The template.</param>
    /// <param name="marker">What it is found again by.</param>
    /// <param name="state">What it says.</param>
    /// <param name="earlier">Numbers of closed issues about the same model and suspect.</param>
    public string Body(IssueTemplate template, IssueMarker marker, ReportedState state, IReadOnlyList<int> earlier)
    {
        var text = template.Body(
            new Dictionary<string, string>
            {
                ["suspect"] = MarkdownText.Code(finding.Suspect),
                ["model"] = MarkdownText.Code(Model.Name),
                ["version"] = MarkdownText.Code(Model.Version),
                ["verdict"] = FindingWords.Verdict(finding),
                ["why"] = Why,
                ["meaning"] = FindingWords.Meaning(finding),
                ["next-step"] = FindingWords.NextStep(finding),
                ["matching-rate"] = Figures.Short(verdict.MatchingRate),
                ["threshold"] = Figures.Short(verdict.Threshold),
                ["p-value"] = Figures.Short(verdict.PValue),
                ["numbers"] = Numbers.TrimEnd('\n'),
                ["evidence"] = Evidence.TrimEnd('\n'),
                ["earlier"] = earlier.Count == 0 ? "" : $"Closed earlier, about the same model and suspect: {string.Join(", ", earlier.Select(number => $"#{Figures.Count(number)}"))}.",
            },
            LongestBody - Hidden);
        return $"{marker.Line}\n{state.Line}\n\n{text}\n";
    }

    /// <summary>A comment on the open issue: what changed.</summary>
    /// <param name="state">What it says.</param>
    /// <param name="before">The report to compare with; null if there is none.</param>
    public string Comment(ReportedState state, ReportedState? before)
    {
        var text = new StringBuilder($"{state.Line}\n\n**Verified again: {FindingWords.Verdict(finding)}.** {Why}\n");
        text.Append(Changes(state, before));
        if (!IsSuspicion)
        {
            text.Append($"\n{FindingWords.Meaning(finding)} The issue stays open: closing it is for people to decide.\n");
        }

        text.Append($"\n<details><summary>Numbers and evidence</summary>\n\n| | |\n|---|---|\n{Numbers}{Evidence}\n</details>\n");
        return text.ToString();
    }

    /// <summary>The last comment on an issue that two processes opened at once.</summary>
    public static string Duplicate(int number) =>
        $"{IssueMarker.DuplicateOf(number)}\n\nDuplicate of #{Figures.Count(number)}: two verifications reported the same suspect at the same time.\n";

    private string Why => MarkdownText.Escape(FindingWords.Why(finding), LongestReason);

    private string Numbers => Rows(FindingFacts.Verdict(finding).Where(fact => fact.Name != FindingFacts.WhyName));

    private string Evidence => Rows(FindingFacts.Evidence(finding));

    private static string Changes(ReportedState state, ReportedState? before)
    {
        if (before is null)
        {
            return "";
        }

        var since = $"the report of {Figures.Time(before.ReportedUtc)}";
        var changes = state.ChangesSince(before);
        if (changes.Count == 0)
        {
            return $"\nNothing changed since {since}.\n";
        }

        // The old values were read from GitHub, where people can edit them.
        var rows = changes.Select(change => $"| {change.Name} | {MarkdownText.Escape(change.Before)} | {MarkdownText.Escape(change.Now)} |\n");
        return $"\nChanged since {since}:\n\n| | before | now |\n|---|---|---|\n{string.Concat(rows)}";
    }

    private static string Rows(IEnumerable<Fact> facts)
    {
        var text = new BoundedText(MostBytesOfFacts);
        var left = text.AddWhileRoom(facts.ToList(), MarkdownText.Row);
        if (left > 0)
        {
            text.Add($"| | {Figures.Count(left, "more line")} left out; the report has them |\n");
        }

        return text.ToString();
    }

    /// <summary>In a title GitHub knows code and nothing else.</summary>
    private static string InTitle(string name) => $"`{Untrusted.Line(name, LongestName).Replace('`', '\'')}`";
}
