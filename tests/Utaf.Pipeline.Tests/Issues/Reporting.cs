using Utaf.Configuration;
using Utaf.Issues;
using Utaf.Pipeline.Tests.Endpoints;
using Utaf.Pipeline.Tests.Reports;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>What the tests of issues report, and how.</summary>
internal static class Reporting
{
    public static SuspectFinding Stolen { get; } = SampleReports.Stolen;

    public static SuspectFinding Clean { get; } = Now(0.031, Decision.NoPiracySuspected);

    public static SuspectFinding Inconclusive { get; } = Now(null, Decision.Inconclusive);

    /// <summary>The same suspect and model with another result.</summary>
    public static SuspectFinding Now(double? rate, Decision decision) =>
        Stolen with { Verdict = SampleReports.Scored(Stolen.Suspect, rate, decision).Verdict };

    public static SuspectFinding OfVersion(SuspectFinding finding, string version) =>
        finding with { Manifest = finding.Manifest with { Model = finding.Manifest.Model with { Version = version } }, PairSha256 = new string(version[0], 64) };

    public static PiracyIssues On(Uri api, string repository, HttpMessageHandler? handler = null, GitHubSettings? settings = null, string token = GitHubEmulator.Token) => new(
        (settings ?? new GitHubSettings()) with { Repository = repository, ApiUrl = api.ToString() },
        name => name == "GITHUB_TOKEN" ? token : null,
        new HurriedTime(),
        handler);

    /// <summary>Reports once, and holds every request against GitHub's description.</summary>
    public static async Task<IssueOutcome> ReportAsync(
        this GitHubEmulator github, string repository, SuspectFinding finding, string evidenceId, GitHubSettings? settings = null, CheckedRequests? requests = null)
    {
        requests ??= new CheckedRequests();
        using var issues = On(github.Proxy, repository, requests, settings);
        var outcome = await issues.ReportAsync(finding, evidenceId, TestContext.Current.CancellationToken);
        Assert.True(requests.Violations.IsEmpty, string.Join("\n", requests.Violations));
        Assert.NotEmpty(requests.Sent);
        return outcome;
    }
}
