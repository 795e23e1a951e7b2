using System.Text;
using System.Text.Json;
using Utaf.Fingerprints;
using Utaf.Pipeline.Tests.Endpoints;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>The watch list from the command line, with model files and with a real server.</summary>
public sealed class WatchCommandTests : ToolTest
{
    private const string Store = "folder:store";

    [Fact]
    public async Task Every_suspect_gets_a_verdict_with_the_one_that_fails_beside()
    {
        await PutPairAsync();
        using var server = new RunningTool(Tool, Folder, "serve", Fixture("mlp-scripted.pt"), "--input-shape", "5", "--port", "0");
        await server.UntilAsync(() => server.Output.Length > 0);

        var watched = await RunAsync("watch", server.Output[0], Fixture("mlp-traced.pt"), "nowhere.pt", "--store", Store, "--format", "json");

        Assert.Equal(1, watched.ExitCode);
        using var json = JsonDocument.Parse(watched.StandardOutput);
        var findings = json.RootElement.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(3, findings.Count);
        Assert.All(findings[..2], finding => Assert.Equal("piracySuspected", finding.GetProperty("decision").GetString()));
        Assert.Equal("UTAF1002", findings[2].GetProperty("failure").GetProperty("code").GetString());
        Assert.True(File.Exists(Directory.GetFiles(PathOf(".utaf/evidence"), "transcript.jsonl", SearchOption.AllDirectories).Single()));
    }

    [Fact]
    public async Task Verifying_an_api_loads_no_torch()
    {
        await PutPairAsync();
        using var server = new RunningTool(Tool, Folder, "serve", Fixture("mlp-scripted.pt"), "--input-shape", "5", "--port", "0");
        await server.UntilAsync(() => server.Output.Length > 0);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loader of Linux can say what it loads.");

        Assert.DoesNotContain("LibTorchSharp", await LoadedByAsync("api", server.Output[0]), StringComparison.Ordinal);
        Assert.Contains("LibTorchSharp", await LoadedByAsync("file", Fixture("mlp-scripted.pt")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTAF1662", 2, "watch")]
    [InlineData("UTAF1304", 2, "watch", "http://127.0.0.1:9/")]
    [InlineData("UTAF1001", 2, "watch", "a.pt", "--parallel", "0")]
    [InlineData("UTAF1001", 2, "watch", "http://user:secret@127.0.0.1:9/")]
    [InlineData("UTAF1650", 2, "watch", "a.pt", "--report", "pdf")]
    [InlineData("UTAF1706", 2, "watch", "a.pt", "--open-issue", "https://example.com/a/b")]
    [InlineData("UTAF1001", 2, "list", "--format", "sarif")]
    public async Task Bad_input_is_told_before_anybody_is_asked(string code, int exitCode, params string[] arguments)
    {
        var told = await FailAsync(code, exitCode, arguments);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verdict_that_GitHub_does_not_take_is_told_with_the_failure_and_kept()
    {
        await PutPairAsync();
        using var gitHub = new LoopbackApi(_ => Json(404, """{"message":"Not Found"}"""));
        var environment = new Dictionary<string, string?> { ["GITHUB_TOKEN"] = "token", ["GITHUB_API_URL"] = Root(gitHub) };
        using var server = new RunningTool(Tool, Folder, "serve", Fixture("mlp-scripted.pt"), "--input-shape", "5", "--port", "0");
        await server.UntilAsync(() => server.Output.Length > 0);
        foreach (var command in (string[])["watch", "verify"])
        {
            var untold = await RunAsync(environment, command, server.Output[0], "--store", Store, "--evidence", command, "--open-issue", "a/b", "--github-step", $"step-{command}");

            Assert.Equal(2, untold.ExitCode);
            Assert.Contains("piracy suspected", untold.StandardOutput, StringComparison.Ordinal);
            Assert.Contains("error UTAF1704: ", untold.StandardError, StringComparison.Ordinal);
            Assert.Contains("The verdict stands (piracy is suspected, exit code 1 otherwise)", untold.StandardError, StringComparison.Ordinal);
            Assert.Contains("piracy-suspected", await File.ReadAllTextAsync(PathOf($"step-{command}/outputs"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains("::error title=UTAF1704", await File.ReadAllTextAsync(PathOf($"step-{command}/annotations"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

            var again = await RunAsync(command, server.Output[0], "--store", Store, "--evidence", command);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("Going on with the run", again.StandardError, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(PathOf(command), "transcript.jsonl", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task An_issue_that_GitHub_refuses_keeps_no_other_from_being_opened()
    {
        await PutPairAsync();
        using var gitHub = new LoopbackApi(Refusing("first.pt"));
        var environment = new Dictionary<string, string?> { ["GITHUB_TOKEN"] = "token", ["GITHUB_API_URL"] = Root(gitHub) };
        string[] suspects = ["first.pt", "second.pt"];
        Array.ForEach(suspects, suspect => File.Copy(Fixture("mlp-scripted.pt"), PathOf(suspect)));

        var watched = await RunAsync(environment, ["watch", .. suspects, "--store", Store, "--open-issue", "a/b"]);

        Assert.Equal(3, watched.ExitCode);
        Assert.Contains("error UTAF1715: ", watched.StandardError, StringComparison.Ordinal);
        Assert.Contains("Issue opened: https://github.example/a/b/issues/1", watched.StandardError, StringComparison.Ordinal);
        Assert.Equal(2, gitHub.Calls.Count(call => call is { Method: "POST", Target: "/repos/a/b/issues" }));
    }

    [Fact]
    public async Task Where_the_store_has_several_models_the_suspects_must_be_said()
    {
        await PutPairAsync();
        FingerprintPairFile.Write(Named("other"), PathOf("other.utaf"));
        await SucceedAsync("push", "other.utaf", "--store", Store);

        await FailAsync("UTAF1663", 2, "watch", "http://127.0.0.1:9/", "--store", Store);
    }

    private static FingerprintPair Named(string name)
    {
        var pair = TinyPair.Make();
        var manifest = pair.Manifest with { Model = pair.Manifest.Model with { Name = name } };
        return new FingerprintPair(manifest, pair.Fingerprint, pair.Verifier);
    }

    private static string Root(LoopbackApi api) => $"http://127.0.0.1:{api.Port}/";

    private static Reply Json(int status, string body) => new(status, body) { Headers = { ["Content-Type"] = "application/json" } };

    /// <summary>As much of GitHub as an issue needs, which refuses every text about one suspect.</summary>
    private static Func<Call, Reply> Refusing(string suspect) => call => (call.Method, call.Target.Split('?')[0]) switch
    {
        ("GET", "/repos/a/b") => Json(200, """{"full_name":"a/b","has_issues":true,"archived":false}"""),
        ("GET", "/repos/a/b/issues") => Json(200, "[]"),
        ("GET", _) => Json(200, """{"name":"model-piracy"}"""),
        ("POST", "/repos/a/b/issues") when Encoding.UTF8.GetString(call.Body).Contains(suspect, StringComparison.Ordinal) =>
            Json(422, """{"message":"Validation Failed"}"""),
        _ => Json(201, """{"number":1,"state":"open","html_url":"https://github.example/a/b/issues/1","labels":[{"name":"model-piracy"}],"assignees":[]}"""),
    };

    private async Task PutPairAsync()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        await SucceedAsync("push", "tiny.utaf", "--store", Store);
    }

    private async Task<string> LoadedByAsync(string name, string suspect)
    {
        var environment = new Dictionary<string, string?> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = PathOf(name) };
        var verified = await RunAsync(environment, "verify", suspect, "--store", Store);
        Assert.True(verified.ExitCode == 1, verified.StandardError);
        return string.Concat(Directory.GetFiles(Folder, $"{name}.*").Select(File.ReadAllText));
    }
}
