using System.Text.Json;
using Utaf.Pipeline.Tests.Issues;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>The whole product on the sample, by files and over the network.</summary>
public sealed class DemoTests(KeptDemo demo, GitHubEmulator gitHub) : ToolTest, IClassFixture<KeptDemo>, IClassFixture<GitHubEmulator>
{
    [Fact]
    public async Task The_demo_judges_the_suspects_and_says_of_how_many_it_is_right()
    {
        var (right, wrong) = (demo.Document.GetProperty("right").GetInt32(), demo.Document.GetProperty("wrong").GetInt32());

        // The last bits of training are the processor's. Eight draws of the construction gave 23 or 24 on the one where honest digits
        // were suspected most (docs/method.md); one less is left to processors that were not tried.
        Assert.InRange(right, 22, 25);
        Assert.Equal(25 - right, wrong);
        Assert.True(demo.Result.ExitCode == (wrong == 0 ? 0 : 4), $"exit code {demo.Result.ExitCode}\n{demo.Result.StandardError}{demo.Result.StandardOutput}");

        // A suspect outside the demo, against the pair that it kept.
        var verdict = await RunAsync("verify", Digits("suspects/pruned-50.pt"), "--store", demo.Store);
        Assert.Equal(1, verdict.ExitCode);
    }

    [Fact]
    public async Task Watching_the_served_suspects_opens_one_issue_for_each_stolen_one_however_often_it_is_killed()
    {
        await gitHub.StartedAsync();
        var repository = await gitHub.NewRepositoryAsync();
        using var server = new RunningTool(Tool, Folder, ["serve", .. Directory.GetFiles(Digits("suspects"), "*.pt"), "--input-shape", "64", "--port", "0"]);
        await server.UntilAsync(() => server.Output.Length == 25);
        Write("utaf.json", Configuration(repository, server.Output));
        var environment = new Dictionary<string, string?> { ["GITHUB_TOKEN"] = GitHubEmulator.Token };
        string[] watch = ["watch", "--store", demo.Store];

        // Before anything is sent, while suspects are asked, and while issues are opened.
        foreach (var milliseconds in (int[])[300, 900, 1500, 3000])
        {
            using var killed = new RunningTool(Tool, Folder, environment, watch);
            await killed.KillAfterAsync(TimeSpan.FromMilliseconds(milliseconds));
        }

        var watched = await RunAsync(environment, watch);
        Assert.True(watched.ExitCode == 1, watched.StandardError + watched.StandardOutput);

        // Over the network the verdicts are those of the files, so the issues are those of the demo's suspicions.
        var suspected = demo.Document.GetProperty("suspects").EnumerateArray()
            .Where(suspect => suspect.GetProperty("decision").GetString() == "piracySuspected")
            .ToList();
        var issues = await gitHub.IssuesAsync(repository);
        Assert.Equal(suspected.Select(NameOf).Order(StringComparer.Ordinal), issues.Select(SuspectOf).Order(StringComparer.Ordinal));
        Assert.All(issues, issue => Assert.True(issue.IsOpen && issue.Comments.Count == 0, issue.Text));

        // One run, whatever interrupted it, that asked nobody more than the inputs, the check of their order, and what was cut off.
        var transcripts = Directory.GetFiles(PathOf(".utaf/evidence"), "transcript.jsonl", SearchOption.AllDirectories);
        Assert.Equal(25, transcripts.Length);
        Assert.All(transcripts, transcript => Assert.InRange(QueriesIn(transcript), 108, 108 + (4 * 32)));
    }

    private static string NameOf(JsonElement suspect) => suspect.GetProperty("name").GetString()!;

    private string SuspectOf(SeenIssue issue) => Assert.Single(
        demo.Document.GetProperty("suspects").EnumerateArray().Select(NameOf), name => issue.Title.Contains($"`{name}` answers", StringComparison.Ordinal));

    private static int QueriesIn(string transcript) => File.ReadLines(transcript)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Sum(line => line.TryGetProperty("sending", out var sending) ? sending.GetProperty("queries").GetInt32() : 0);

    private string Configuration(string repository, IEnumerable<string> addresses) => JsonSerializer.Serialize(new
    {
        suspects = addresses.Select(address => new { name = address.Split('/')[^1], url = address }),
        gitHub = new { repository, apiUrl = gitHub.Proxy },
    });
}
