using System.Text.Json;
using Utaf.Fingerprints;
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
