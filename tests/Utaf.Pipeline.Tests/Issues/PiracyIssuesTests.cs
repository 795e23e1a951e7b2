using Utaf.Configuration;
using Utaf.Issues;
using Utaf.Pipeline.Tests.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Issues;

[Collection(GitHubCollection.Name)]
public sealed class PiracyIssuesTests(GitHubEmulator emulator)
{
    [Fact]
    public async Task A_suspicion_opens_an_issue_with_label_assignee_and_evidence()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();

        var outcome = await github.ReportAsync(repository, Reporting.Stolen, "e1", new GitHubSettings { Labels = ["model-piracy", "legal"], Assignees = ["colleague"] });

        Assert.Equal((IssueAction.Opened, 1), (outcome.Action, outcome.Number));
        Assert.Empty(outcome.Notes);
        var issue = Assert.Single(await github.IssuesAsync(repository));
        Assert.EndsWith($"/{repository}/issues/1", outcome.Url, StringComparison.Ordinal);
        Assert.Equal("Model piracy suspected: `prices-api` answers like `digits`", issue.Title);
        Assert.Equal(("model-piracy, legal", "colleague"), (issue.Labels, issue.Assignees));
        Assert.StartsWith("<!-- utaf:piracy model=digits suspect=prices-api -->\n<!-- utaf:report {", issue.Body, StringComparison.Ordinal);
        Assert.Contains("p₊ = 0.982143", issue.Body, StringComparison.Ordinal);
        Assert.Contains(Reporting.Stolen.PairSha256, issue.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", issue.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_becomes_a_comment_that_says_what_changed()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");

        var outcome = await github.ReportAsync(repository, Reporting.OfVersion(Reporting.Now(0.9, Decision.PiracySuspected), "2.0.0"), "e2");

        Assert.Equal((IssueAction.Commented, 1), (outcome.Action, outcome.Number));
        var comment = Assert.Single(Assert.Single(await github.IssuesAsync(repository)).Comments);
        Assert.Contains("| Matching rate p₊ | 0.982143 | 0.9 |", comment, StringComparison.Ordinal);
        Assert.Contains("| Model version | 1.2.0 | 2.0.0 |", comment, StringComparison.Ordinal);
        Assert.Contains("| Pair | cccccccccccc | 222222222222 |", comment.Replace("`", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("| p-value | 0", comment.Split("<details>")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_without_a_change_says_so()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");

        await github.ReportAsync(repository, Reporting.Stolen, "e2");

        Assert.Contains("Nothing changed since the report of", Assert.Single(Assert.Single(await github.IssuesAsync(repository)).Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_compared_with_itself()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");
        await github.ReportAsync(repository, Reporting.OfVersion(Reporting.Now(0.9, Decision.PiracySuspected), "2.0.0"), "e2");

        await github.ReportAsync(repository, Reporting.Stolen, "e3");

        Assert.Contains("Nothing changed", Assert.Single(await github.IssuesAsync(repository)).Comments[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_verification_is_reported_once()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");
        await github.ReportAsync(repository, Reporting.Stolen, "e2");

        var first = await github.ReportAsync(repository, Reporting.Stolen, "e1");
        var second = await github.ReportAsync(repository, Reporting.Stolen, "e2");

        Assert.Equal((IssueAction.AlreadyReported, IssueAction.AlreadyReported), (first.Action, second.Action));
        Assert.Single(Assert.Single(await github.IssuesAsync(repository)).Comments);
    }

    [Fact]
    public async Task A_clean_or_inconclusive_verdict_alone_opens_nothing()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();

        var clean = await github.ReportAsync(repository, Reporting.Clean, "e1");
        var inconclusive = await github.ReportAsync(repository, Reporting.Inconclusive, "e2");

        Assert.Equal(new IssueOutcome(null, null, IssueAction.NothingToReport), clean with { Notes = [] });
        Assert.Equal(IssueAction.NothingToReport, inconclusive.Action);
        Assert.Empty(await github.IssuesAsync(repository));
    }

    [Fact]
    public async Task A_later_clean_or_inconclusive_verdict_is_noted_once_and_the_issue_stays_open()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");

        var clean = await github.ReportAsync(repository, Reporting.Clean, "e2");
        var stillClean = await github.ReportAsync(repository, Reporting.Clean, "e3");
        var inconclusive = await github.ReportAsync(repository, Reporting.Inconclusive, "e4");

        Assert.Equal((IssueAction.Commented, IssueAction.AlreadyReported, IssueAction.Commented), (clean.Action, stillClean.Action, inconclusive.Action));
        var issue = Assert.Single(await github.IssuesAsync(repository));
        Assert.True(issue.IsOpen);
        Assert.Equal(2, issue.Comments.Count);
        Assert.Contains("| Verdict | piracy suspected | no piracy suspected |", issue.Comments[0], StringComparison.Ordinal);
        Assert.Contains("**Verified again: inconclusive.**", issue.Comments[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspect_that_could_not_be_verified_asks_nothing_of_GitHub()
    {
        var requests = new CheckedRequests();
        using var issues = Reporting.On(new Uri("http://127.0.0.1:9/"), "owner/models", requests);

        var outcome = await issues.ReportAsync(SampleReports.Failed, "e1", TestContext.Current.CancellationToken);

        Assert.Equal(IssueAction.NothingToReport, outcome.Action);
        Assert.Empty(requests.Sent);
    }

    [Fact]
    public async Task A_closed_issue_stays_closed_and_a_new_suspicion_opens_another_that_names_it()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen, "e1");
        await github.SendAsync(HttpMethod.Patch, $"repos/{repository}/issues/1", new { state = "closed" });

        var clean = await github.ReportAsync(repository, Reporting.Clean, "e2");
        var again = await github.ReportAsync(repository, Reporting.Stolen, "e1");
        var outcome = await github.ReportAsync(repository, Reporting.Stolen, "e3");

        Assert.Equal((IssueAction.NothingToReport, IssueAction.AlreadyReported, IssueAction.Opened), (clean.Action, again.Action, outcome.Action));
        var issues = await github.IssuesAsync(repository);
        Assert.Equal([false, true], issues.Select(issue => issue.IsOpen));
        Assert.Contains("Closed earlier, about the same model and suspect: #1.", issues[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_model_and_suspect_has_an_issue_of_its_own_whatever_the_version()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        var otherModel = Reporting.Stolen with { Manifest = Reporting.Stolen.Manifest with { Model = Reporting.Stolen.Manifest.Model with { Name = "prices" } } };
        var requests = new CheckedRequests();
        using var issues = Reporting.On(github.Proxy, repository, requests);

        // All at once, as a watch does.
        var findings = new[] { Reporting.Stolen, otherModel, Reporting.Stolen with { Suspect = "another" }, Reporting.OfVersion(Reporting.Stolen, "2.0.0") };
        var outcomes = await Task.WhenAll(findings.Select((finding, i) => issues.ReportAsync(finding, $"e{i}", TestContext.Current.CancellationToken)));

        Assert.True(requests.Violations.IsEmpty, string.Join("\n", requests.Violations));
        Assert.Equal(3, (await github.IssuesAsync(repository)).Count);
        Assert.Equal(3, outcomes.Count(outcome => outcome.Action == IssueAction.Opened));
        Assert.Equal(outcomes[0].Number, outcomes[3].Number);
    }

    [Fact]
    public async Task Labels_are_made_where_they_are_missing_and_left_as_they_are_where_not()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.SendAsync(HttpMethod.Post, $"repos/{repository}/labels", new { name = "ours", color = "00ff00" });

        var settings = new GitHubSettings { Labels = ["ours", "needs triage: now/soon"] };
        var (first, second) = (new CheckedRequests(), new CheckedRequests());
        await github.ReportAsync(repository, Reporting.Stolen, "e1", settings, first);
        await github.ReportAsync(repository, Reporting.Stolen with { Suspect = "another" }, "e2", settings, second);

        Assert.All(await github.IssuesAsync(repository), issue => Assert.Equal("ours, needs triage: now/soon", issue.Labels));
        Assert.Single(first.Sent, request => request == $"POST /repos/{repository}/labels");
        Assert.DoesNotContain($"POST /repos/{repository}/labels", second.Sent);
        Assert.Equal("00ff00", (await github.SendAsync(HttpMethod.Get, $"repos/{repository}/labels/ours")).GetProperty("color").GetString());
    }

    [Fact]
    public async Task A_label_that_somebody_makes_at_the_same_moment_is_used()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        var requests = new CheckedRequests
        {
            Before = async (_, request) =>
            {
                if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/labels", StringComparison.Ordinal))
                {
                    await github.SendAsync(HttpMethod.Post, $"repos/{repository}/labels", new { name = "model-piracy" });
                }
            },
        };

        var outcome = await github.ReportAsync(repository, Reporting.Stolen, "e1", requests: requests);

        Assert.Equal(IssueAction.Opened, outcome.Action);
    }

    [Fact]
    public async Task Somebody_who_cannot_be_assigned_is_named_and_the_issue_is_opened_all_the_same()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();

        var outcome = await github.ReportAsync(repository, Reporting.Stolen, "e1", new GitHubSettings { Assignees = ["nobody-here"] });

        Assert.Equal(IssueAction.Opened, outcome.Action);
        Assert.Contains("nobody-here could not be assigned", Assert.Single(outcome.Notes), StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(await github.IssuesAsync(repository)).Assignees);
    }

    [Fact]
    public async Task More_issues_and_comments_than_a_page_holds_are_all_looked_through()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.ReportAsync(repository, Reporting.Stolen with { Suspect = "first" }, "e0");
        foreach (var i in Enumerable.Range(0, 101))
        {
            await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues", new { title = $"other {i}", labels = new[] { "model-piracy" } });
        }

        await github.ReportAsync(repository, Reporting.Stolen, "e1");
        foreach (var i in Enumerable.Range(0, 101))
        {
            await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues/103/comments", new { body = $"chatter {i}" });
        }

        await github.ReportAsync(repository, Reporting.Stolen, "e2");
        var outcome = await github.ReportAsync(repository, Reporting.Stolen, "e2");

        Assert.Equal((IssueAction.AlreadyReported, 103), (outcome.Action, outcome.Number));
    }

    [Fact]
    public async Task Hidden_lines_in_an_outsiders_issue_or_comment_are_not_believed()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        var planted = $"{new IssueMarker("digits", "prices-api").Line}\n{{\"evidence\":\"e1\"}}";
        await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues", new { title = "planted", body = planted }, GitHubEmulator.OutsidersToken);
        var opened = await github.ReportAsync(repository, Reporting.Stolen, "e1");
        var copied = (await github.IssuesAsync(repository))[1].Body.Replace("\"e1\"", "\"e2\"", StringComparison.Ordinal);
        await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues/2/comments", new { body = copied }, GitHubEmulator.OutsidersToken);

        var repeated = await github.ReportAsync(repository, Reporting.Stolen, "e2");

        Assert.Equal((IssueAction.Opened, 2), (opened.Action, opened.Number));
        Assert.Equal((IssueAction.Commented, 2), (repeated.Action, repeated.Number));
    }

    [Fact]
    public async Task Issues_turned_off_or_a_missing_repository_is_said()
    {
        var github = await emulator.StartedAsync();
        var off = await github.NewRepositoryAsync(hasIssues: false);

        var turnedOff = await Assert.ThrowsAsync<UtafException>(() => github.ReportAsync(off, Reporting.Stolen, "e1"));
        var missing = await Assert.ThrowsAsync<UtafException>(() => github.ReportAsync("owner/nothing", Reporting.Stolen, "e1"));

        Assert.Equal(("UTAF1705", off), (turnedOff.Diagnostic.Code, turnedOff.Diagnostic.Origin));
        Assert.Equal(("UTAF1704", ExitCode.Usage), (missing.Diagnostic.Code, missing.Diagnostic.ExitCode));
    }
}
