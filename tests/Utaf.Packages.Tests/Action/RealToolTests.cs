using System.Text.Json;
using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Issues;
using Utaf.Tests;

namespace Utaf.Packages.Tests.Action;

/// <summary>The action with the packed tool: a model is fingerprinted, its suspects are verified and watched.</summary>
public sealed class RealToolTests(LocalFeed feed, InstalledTool tool) : IClassFixture<InstalledTool>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_model_is_fingerprinted_and_its_suspects_are_verified_and_watched()
    {
        var workspace = folder.File("workspace");
        Directory.CreateDirectory(workspace);
        foreach (var name in (string[])["target.pt", "owner.csv.gz", "public.csv.gz", "suspects/pruned-50.pt", "suspects/independent-1.pt"])
        {
            File.Copy(Repository.File("samples", "digits", name), Path.Combine(workspace, Path.GetFileName(name)));
        }

        await File.WriteAllTextAsync(Path.Combine(workspace, "utaf.json"), Configuration, TestContext.Current.CancellationToken);

        var made = await RunAsync(("command", "fingerprint"));
        Assert.Equal(0, made.ExitCode);
        Assert.Matches("^[0-9a-f]{64}$", made.Outputs["fingerprint-id"]);
        Assert.Contains(made.Outputs["fingerprint-id"], made.Summary, StringComparison.Ordinal);
        using (var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(workspace, made.Outputs["manifest"]), TestContext.Current.CancellationToken)))
        {
            Assert.Equal("digits", manifest.RootElement.GetProperty("model").GetProperty("name").GetString());
        }

        using (var commitment = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(workspace, made.Outputs["commitment"]), TestContext.Current.CancellationToken)))
        {
            Assert.Equal("https://in-toto.io/Statement/v1", commitment.RootElement.GetProperty("_type").GetString());
        }

        // The owner's own model is the surest suspect, whatever the pair is worth.
        var stolen = await RunAsync(("command", "verify"), ("suspect", "target.pt"));
        Assert.Equal(1, stolen.ExitCode);
        Assert.Equal("piracy-suspected", stolen.Outputs["verdict"]);
        Assert.InRange(double.Parse(stolen.Outputs["matching-rate"], System.Globalization.CultureInfo.InvariantCulture), 0.5, 1);
        Assert.Equal(made.Outputs["fingerprint-id"], stolen.Outputs["fingerprint-id"]);
        Assert.Contains(stolen.Commands, command => command.StartsWith("::warning title=piracy suspected", StringComparison.Ordinal));
        Assert.Contains(stolen.Commands, command => command.StartsWith("::error title=UTAF::", StringComparison.Ordinal));
        Assert.Contains("target", stolen.Summary, StringComparison.Ordinal);

        var watched = await WatchAsync();
        Assert.Equal(0, watched.ExitCode);
        Assert.Equal("piracy-suspected", watched.Outputs["verdict"]);
        Assert.EndsWith(".sarif", watched.Outputs["sarif-file"], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(workspace, watched.Outputs["sarif-file"])));
        Assert.All(watched.Outputs["report"].Split('\n'), report => Assert.True(File.Exists(Path.Combine(workspace, report)), report));
        Assert.Contains("/issues/", watched.Outputs["issue-url"], StringComparison.Ordinal);
        Assert.Contains(watched.Commands, command => command.StartsWith("::warning title=piracy suspected,file=utaf.json,line=", StringComparison.Ordinal));

        var clean = await RunAsync(("command", "verify"), ("suspect", "nobody.pt"));
        Assert.Equal(2, clean.ExitCode);
        Assert.Contains(clean.Commands, command => command.StartsWith("::error title=UTAF1", StringComparison.Ordinal));
        Assert.NotEqual("no-piracy-suspected", clean.Outputs["verdict"]);
    }

    [Fact]
    public async Task An_issue_without_a_token_is_refused()
    {
        Directory.CreateDirectory(folder.File("workspace"));
        File.Copy(Repository.File("samples", "digits", "target.pt"), folder.File("workspace/target.pt"));

        // As the cache leaves it: nothing is installed again.
        Directory.CreateDirectory(folder.File("runner temp/utaf-tool"));
        Directory.CreateSymbolicLink(folder.File($"runner temp/utaf-tool/{feed.Version}"), tool.Folder);

        var run = await RunAsync(("command", "verify"), ("suspect", "target.pt"), ("open-issue", "true"), ("github-token", ""));

        Assert.Contains($"It is there: {feed.Version}", run.Log, StringComparison.Ordinal);
        Assert.InRange(run.ExitCode, 2, 3);
        Assert.Contains(run.Commands, command => command.StartsWith("::error title=UTAF17", StringComparison.Ordinal));
    }

    private const string Configuration =
        """
        {
          "models": [ { "name": "digits", "version": "1.0.0", "path": "target.pt", "input": { "imageShape": [1, 8, 8] }, "data": { "path": "owner.csv.gz", "public": "public.csv.gz" } } ],
          "ensemble": { "profile": "quick", "epochs": 1 },
          "fingerprint": { "examples": 10, "iterations": 20 },
          "suspects": [
            { "name": "rival", "path": "target.pt", "model": "digits" },
            { "name": "other", "path": "independent-1.pt", "model": "digits" }
          ]
        }
        """;

    private async Task<ActionRun> WatchAsync()
    {
        using var emulator = new GitHubEmulator();
        var gitHub = await emulator.StartedAsync();
        return await ActionRun.RunAsync(
            folder,
            Inputs(("command", "watch"), ("open-issue", await gitHub.NewRepositoryAsync()), ("github-token", GitHubEmulator.Token), ("fail-on-piracy", "false"), ("report-formats", "sarif,html,json")),
            new Dictionary<string, string?> { ["GITHUB_API_URL"] = gitHub.Proxy.AbsoluteUri });
    }

    private Task<ActionRun> RunAsync(params (string Name, string Value)[] inputs) => ActionRun.RunAsync(folder, Inputs(inputs));

    private Dictionary<string, string> Inputs(params (string Name, string Value)[] inputs)
    {
        var all = new Dictionary<string, string> { ["version"] = feed.Version, ["tool-source"] = feed.Folder };
        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        return all;
    }
}
