using System.Text.RegularExpressions;
using Utaf.Issues;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>Killed at any request, before or after GitHub acted on it, the rerun ends where an uninterrupted run does.</summary>
[Collection(GitHubCollection.Name)]
public sealed partial class InterruptedReportTests(GitHubEmulator emulator)
{
    public static TheoryData<string> Situations => ["nothing yet", "closed before", "open", "open, now clean", "two open"];

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Killed_and_run_again_it_ends_in_the_same_state(string situation)
    {
        var github = await emulator.StartedAsync();
        var whole = new CheckedRequests();
        var uninterrupted = await PreparedAsync(github, situation);
        await github.ReportAsync(uninterrupted, Finding(situation), "e9", requests: whole);
        var expected = await StateAsync(github, uninterrupted);

        foreach (var (k, afterwards) in Enumerable.Range(1, whole.Sent.Count).SelectMany(k => new[] { (k, false), (k, true) }))
        {
            var repository = await PreparedAsync(github, situation);
            using (var killed = Reporting.On(github.Proxy, repository, Dying(k, afterwards)))
            {
                await Assert.ThrowsAsync<KilledException>(() => killed.ReportAsync(Finding(situation), "e9", TestContext.Current.CancellationToken));
            }

            await github.ReportAsync(repository, Finding(situation), "e9");
            Assert.Equal(expected, await StateAsync(github, repository));
            Assert.Equal(IssueAction.AlreadyReported, (await github.ReportAsync(repository, Finding(situation), "e9")).Action);
        }
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task A_connection_that_breaks_once_changes_nothing(string situation)
    {
        var github = await emulator.StartedAsync();
        var whole = new CheckedRequests();
        var uninterrupted = await PreparedAsync(github, situation);
        await github.ReportAsync(uninterrupted, Finding(situation), "e9", requests: whole);
        var expected = await StateAsync(github, uninterrupted);

        foreach (var k in Enumerable.Range(1, whole.Sent.Count))
        {
            var repository = await PreparedAsync(github, situation);
            await github.ReportAsync(repository, Finding(situation), "e9", requests: new CheckedRequests
            {
                After = (number, _) => number == k ? throw new HttpRequestException("cut") : Task.CompletedTask,
            });

            Assert.Equal(expected, await StateAsync(github, repository));
        }
    }

    [Fact]
    public async Task Of_two_that_open_an_issue_at_once_the_later_becomes_a_comment()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();

        var outcome = await github.ReportAsync(repository, Reporting.Now(0.9, Decision.PiracySuspected), "e2", requests: Overtaken(github, repository));

        Assert.Equal((IssueAction.Commented, 1), (outcome.Action, outcome.Number));
        var issues = await github.IssuesAsync(repository);
        Assert.Equal([true, false], issues.Select(issue => issue.IsOpen));
        Assert.Contains("| Matching rate p₊ | 0.982143 | 0.9 |", Assert.Single(issues[0].Comments), StringComparison.Ordinal);
        Assert.Contains("Duplicate of #1", Assert.Single(issues[1].Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overtaken_and_killed_it_leaves_one_open_issue_with_both_reports()
    {
        var github = await emulator.StartedAsync();
        var uninterrupted = await github.NewRepositoryAsync();
        var whole = Overtaken(github, uninterrupted);
        await github.ReportAsync(uninterrupted, Reporting.Stolen, "e2", requests: whole);

        foreach (var (k, afterwards) in Enumerable.Range(1, whole.Sent.Count).SelectMany(k => new[] { (k, false), (k, true) }))
        {
            var repository = await github.NewRepositoryAsync();
            using (var killed = Reporting.On(github.Proxy, repository, Overtaken(github, repository, k, afterwards)))
            {
                await Assert.ThrowsAsync<KilledException>(() => killed.ReportAsync(Reporting.Stolen, "e2", TestContext.Current.CancellationToken));
            }

            await github.ReportAsync(repository, Reporting.Stolen, "e1");
            await github.ReportAsync(repository, Reporting.Stolen, "e2");

            var issues = await github.IssuesAsync(repository);
            var open = Assert.Single(issues, issue => issue.IsOpen);
            Assert.Equal((1, 1, 1), (open.Number, open.Reports("e1"), open.Reports("e2")));
            Assert.All(issues.Skip(1), issue => Assert.Single(issue.Comments));
        }
    }

    [Fact]
    public async Task Many_at_once_leave_one_open_issue_with_every_report()
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();

        await Task.WhenAll(Enumerable.Range(1, 5).Select(i => github.ReportAsync(repository, Reporting.Stolen, $"e{i}")));

        var open = Assert.Single(await github.IssuesAsync(repository), issue => issue.IsOpen);
        Assert.All(Enumerable.Range(1, 5), i => Assert.Equal(1, open.Reports($"e{i}")));
    }

    private static SuspectFinding Finding(string situation) => situation == "open, now clean" ? Reporting.Clean : Reporting.Stolen;

    private static async Task<string> PreparedAsync(GitHubEmulator github, string situation)
    {
        var repository = await github.NewRepositoryAsync();
        if (situation == "nothing yet")
        {
            return repository;
        }

        await github.ReportAsync(repository, Reporting.Stolen, "e1");
        if (situation == "closed before")
        {
            await github.SendAsync(HttpMethod.Patch, $"repos/{repository}/issues/1", new { state = "closed" });
        }
        else if (situation == "two open")
        {
            var body = (await github.IssuesAsync(repository))[0].Body.Replace("\"e1\"", "\"e2\"", StringComparison.Ordinal);
            await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues", new { title = "left behind", body, labels = new[] { "model-piracy" } });
        }

        return repository;
    }

    /// <summary>Everything that people see; the repository's name and the times differ of course.</summary>
    private static async Task<string> StateAsync(GitHubEmulator github, string repository) =>
        Time().Replace(string.Join('\n', (await github.IssuesAsync(repository)).Select(issue => $"{issue.Number} {issue.IsOpen} {issue.Labels} {issue.Text}")), "(time)");

    private static CheckedRequests Dying(int? k, bool afterwards, Func<HttpRequestMessage, Task>? meanwhile = null) => new()
    {
        Before = async (number, request) =>
        {
            await (meanwhile?.Invoke(request) ?? Task.CompletedTask);
            _ = number == k && !afterwards ? throw new KilledException() : 0;
        },
        After = (number, _) => number == k && afterwards ? throw new KilledException() : Task.CompletedTask,
    };

    /// <summary>Another process opens its issue just before this one does.</summary>
    private static CheckedRequests Overtaken(GitHubEmulator github, string repository, int? k = null, bool afterwards = false) => Dying(k, afterwards, async request =>
    {
        if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/issues", StringComparison.Ordinal))
        {
            await github.ReportAsync(repository, Reporting.Stolen, "e1");
        }
    });

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^"":]*?(?=""|:)")]
    private static partial Regex Time();

    /// <summary>Stands for the end of the process: nothing is tried again.</summary>
    private sealed class KilledException : Exception;
}
