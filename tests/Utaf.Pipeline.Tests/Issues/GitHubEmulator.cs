using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>
/// A GitHub that keeps what it is told, behind a proxy that holds every request against GitHub's own OpenAPI description. Started
/// for the first test that needs it.
/// </summary>
public sealed class GitHubEmulator : IDisposable
{
    public const string Token = "token-of-the-owner";
    public const string OutsidersToken = "token-of-an-outsider";

    private const string Seed = """
        tokens:
          token-of-the-owner: { login: owner, scopes: [repo, user] }
          token-of-an-outsider: { login: outsider, scopes: [repo, user] }
        github:
          users: [ { login: owner }, { login: colleague }, { login: outsider } ]
        """;

    private static readonly string[] Paths =
    [
        "/repos/{owner}/{repo}",
        "/repos/{owner}/{repo}/issues",
        "/repos/{owner}/{repo}/issues/{issue_number}",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        "/repos/{owner}/{repo}/labels",
        "/repos/{owner}/{repo}/labels/{name}",
        "/repos/{owner}/{repo}/assignees/{assignee}",
    ];

    private readonly SemaphoreSlim starting = new(1);
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient client = new();
    private readonly List<PeerProcess> processes = [];
    private Uri? emulator;
    private int repositories;

    /// <summary>The address that checks requests.</summary>
    internal Uri Proxy { get; private set; } = null!;

    /// <summary>Starts it, or skips the test where its packages are missing.</summary>
    internal async Task<GitHubEmulator> StartedAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (emulator is null)
            {
                await StartAsync();
            }

            return this;
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>A new repository.</summary>
    /// <returns>OWNER/REPO.</returns>
    internal async Task<string> NewRepositoryAsync(bool hasIssues = true)
    {
        var name = $"models-{Interlocked.Increment(ref repositories).ToString(CultureInfo.InvariantCulture)}";
        await SendAsync(HttpMethod.Post, "user/repos", new { name, has_issues = hasIssues });
        return $"owner/{name}";
    }

    /// <summary>Asks the emulator past the proxy.</summary>
    internal async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null, string token = Token)
    {
        using var request = new HttpRequestMessage(method, new Uri(emulator!, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>All issues with their comments, by number.</summary>
    internal async Task<IReadOnlyList<SeenIssue>> IssuesAsync(string repository)
    {
        var seen = new List<SeenIssue>();
        foreach (var issue in (await SendAsync(HttpMethod.Get, $"repos/{repository}/issues?state=all&direction=asc&per_page=100")).EnumerateArray())
        {
            var number = issue.GetProperty("number").GetInt32();
            var comments = await SendAsync(HttpMethod.Get, $"repos/{repository}/issues/{number}/comments?per_page=100");
            seen.Add(new SeenIssue(
                number,
                issue.GetProperty("state").GetString() == "open",
                issue.GetProperty("title").GetString()!,
                issue.GetProperty("body").GetString() ?? "",
                string.Join(", ", issue.GetProperty("labels").EnumerateArray().Select(label => label.GetProperty("name").GetString())),
                string.Join(", ", issue.GetProperty("assignees").EnumerateArray().Select(user => user.GetProperty("login").GetString())),
                [.. comments.EnumerateArray().Select(comment => comment.GetProperty("body").GetString()!)]));
        }

        return [.. seen.OrderBy(issue => issue.Number)];
    }

    public void Dispose()
    {
        processes.ForEach(process => process.Dispose());
        client.Dispose();
        folder.Dispose();
        starting.Dispose();
    }

    private async Task StartAsync()
    {
        var node = Peers.Peers.Program("node");
        var server = Peers.Peers.Script("emulate/dist/index.js");
        var prism = Peers.Peers.Script("@stoplight/prism-cli/dist/index.js");
        var description = Peers.Peers.Script("@octokit/openapi/generated/api.github.com.json");
        var (seed, subset) = (folder.File("seed.yaml"), folder.File("subset.json"));
        await File.WriteAllTextAsync(seed, Seed);
        using (var cut = Process.Start(node, [Path.Combine(Peers.Peers.Folder, "github-openapi-subset.mjs"), description, subset, .. Paths]))
        {
            await cut.WaitForExitAsync();
            Assert.Equal(0, cut.ExitCode);
        }

        var (port, proxyPort) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var loopback = Path.Combine(Peers.Peers.Folder, "loopback.cjs");
        processes.Add(await PeerProcess.StartAsync(
            node, ["--require", loopback, server, "start", "--service", "github", "--port", $"{port}", "--seed", seed], port, folder.Path));
        processes.Add(await PeerProcess.StartAsync(
            node, [prism, "proxy", "-h", "127.0.0.1", "-p", $"{proxyPort}", "-v", "fatal", subset, $"http://127.0.0.1:{port}"], proxyPort, folder.Path));
        (emulator, Proxy) = (new Uri($"http://127.0.0.1:{port}/"), new Uri($"http://127.0.0.1:{proxyPort}/"));
    }
}

/// <summary>An issue as people see it.</summary>
internal sealed record SeenIssue(int Number, bool IsOpen, string Title, string Body, string Labels, string Assignees, IReadOnlyList<string> Comments)
{
    /// <summary>Everything that was written, in one text.</summary>
    public string Text => string.Join('\n', [Title, Body, .. Comments]);

    /// <summary>How often a verification stands in it.</summary>
    public int Reports(string evidenceId) => Text.Split($"\"evidence\":\"{evidenceId}\"").Length - 1;
}

[CollectionDefinition(Name)]
public sealed class GitHubCollection : ICollectionFixture<GitHubEmulator>
{
    public const string Name = "GitHub";
}
