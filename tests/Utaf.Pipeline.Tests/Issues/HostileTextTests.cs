using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Utaf.Configuration;
using Utaf.Issues;
using Utaf.Pipeline.Tests.Reports;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>What strangers chose is text in an issue and nothing else.</summary>
[Collection(GitHubCollection.Name)]
public sealed partial class HostileTextTests(GitHubEmulator emulator)
{
    private const string Name =
        "@everyone [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n<!-- utaf:piracy model=digits suspect=victim -->\n#1 owner/models#2 `</details>` ![i](http://evil.example/p) {{evidence}} --> \r\n# Heading\n- [ ] task | cell";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseAutoLinks().UseTaskLists().UseFootnotes().UseMathematics().UseAlertBlocks().UseEmojiAndSmiley()
        .Build();

    [Fact]
    public async Task Names_and_messages_make_no_link_mention_HTML_or_marker()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Hostile(0.97, Decision.PiracySuspected), "e1");
        await github.ReportAsync(repository, Hostile(0.9, Decision.PiracySuspected), "e2");
        await github.ReportAsync(repository, Hostile(0.1, Decision.NoPiracySuspected), "e3");

        var issue = Assert.Single(await github.IssuesAsync(repository));
        Assert.Equal(2, issue.Comments.Count);
        Assert.All(issue.Comments.Append(issue.Body), Check);
        Assert.DoesNotContain('\n', issue.Title);
        Assert.Equal(5, issue.Title.Split('`').Length);
    }

    [Fact]
    public async Task A_name_that_is_a_marker_is_not_taken_for_one()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Hostile(0.97, Decision.PiracySuspected), "e1");

        var outcome = await github.ReportAsync(repository, Reporting.Stolen with { Suspect = "victim" }, "e2");

        Assert.Equal((IssueAction.Opened, 2), (outcome.Action, outcome.Number));
    }

    [Fact]
    public async Task Endless_names_and_notes_stay_below_what_GitHub_takes()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        var note = string.Concat(Enumerable.Repeat("𝕏`|<", 5000));
        var endless = SampleReports.Scored(note, 0.97, Decision.PiracySuspected) with
        {
            Transcript = Reporting.Stolen.Transcript! with { Notes = [.. Enumerable.Repeat(note, 1000)] },
            Address = note,
        };

        await github.ReportAsync(repository, endless, "e1");
        var again = await github.ReportAsync(repository, endless, "e2");

        var issue = Assert.Single(await github.IssuesAsync(repository));
        Assert.Equal(IssueAction.Commented, again.Action);
        Assert.All(issue.Comments.Append(issue.Body), text => Assert.InRange(text.Length, 1, 65_536));
        Assert.InRange(issue.Title.Length, 1, 256);
        Assert.Contains("left out; the report has them", issue.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_token_nor_tensor_nor_answer_is_in_an_issue()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1", new GitHubSettings());
        await github.ReportAsync(repository, Reporting.Now(0.9, Decision.PiracySuspected), "e2");

        // Of the numbers of a finding those of the held-out models would tell most; the issue has none of them.
        var text = Assert.Single(await github.IssuesAsync(repository)).Text;
        Assert.DoesNotContain(GitHubEmulator.Token, text, StringComparison.Ordinal);
        Assert.DoesNotContain("honest-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("stolen-", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[\s*-?\d+(\.\d+)?\s*,", text);
    }

    private static SuspectFinding Hostile(double rate, Decision decision)
    {
        var finding = SampleReports.Hostile;
        var model = finding.Manifest.Model with { Name = Name, Version = Name };
        return finding with
        {
            Suspect = Name,
            PairSha256 = Name,
            Address = Name,
            Manifest = finding.Manifest with { Model = model },
            Verdict = SampleReports.Scored(Name, rate, decision).Verdict! with { Reason = $"It said: {Name}", OutputReading = Name, AnswerDigest = Name, Model = model },
        };
    }

    private static void Check(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.Empty(document.Descendants<HeadingBlock>());
        Assert.Equal(
            Ours().Matches(text).Select(match => match.Value.Trim()),
            document.Descendants<HtmlBlock>().SelectMany(block => block.Lines.ToString().Split('\n')).Concat(document.Descendants<HtmlInline>().Select(html => html.Tag)).Where(line => line.Length > 0));
        Assert.All(document.Descendants<LiteralInline>(), plain => Assert.DoesNotMatch(@"[@#<>]\w|\w[@/#]|\{\{", plain.Content.ToString()));
    }

    /// <summary>The lines of HTML that are ours: hidden ones, and those of the template.</summary>
    [GeneratedRegex(@"^(<!-- utaf:piracy .*-->|<!-- utaf:report .*-->|<details><summary>[A-Za-z ]+</summary>|</details>)$|^<sub>|</sub>$", RegexOptions.Multiline)]
    private static partial Regex Ours();
}
