using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>What <c>ensemble plan</c> says of time and memory, and how many processes build.</summary>
public sealed class EnsembleEstimateTests : ToolTest
{
    private string[] Options
    {
        get
        {
            Write("data.csv", "a,b,c,d,e,y\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i % 7},{i % 5},{i % 3},{i % 11},{i % 2},{(i % 7) - (i % 3)}\n")));
            return [Fixture("mlp-scripted.pt"), "--data", "data.csv", "--task", "regression", "--profile", "quick", "--epochs", "2", "--ensemble", "here"];
        }
    }

    [Fact]
    public async Task The_estimate_is_of_what_is_missing_and_nothing_is_written()
    {
        string[] options = Options;
        var before = Entries();
        var whole = await EstimateAsync(options);
        Assert.Equal(24, Members(whole));
        Assert.InRange(whole.GetProperty("seconds").GetDouble(), 0.1, 600);
        Assert.InRange(whole.GetProperty("peakMemoryBytes").GetInt64(), 50_000_000, 10_000_000_000);
        Assert.All(whole.GetProperty("kinds").EnumerateArray(), kind => Assert.True(kind.GetProperty("seconds").GetDouble() > 0));
        Assert.Equal(before, Entries());

        await SucceedAsync(["ensemble", "build", .. options, "--shard", "0/2"]);
        Assert.Equal(12, Members(await EstimateAsync(options)));
        Assert.Equal(0, Members(await EstimateAsync([.. options, "--shard", "0/2"])));
        var text = await SucceedAsync(["ensemble", "plan", .. options, "--shard", "0/2"]);
        Assert.Contains("Estimate: every member is built.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_read_a_table_with_the_sum_below()
    {
        var text = await SucceedAsync(["ensemble", "plan", .. Options]);

        Assert.Matches(@"mlp-100, together +\d+ +\d+ +[\d.]+ +[\d.]+\n", text);
        Assert.Matches(@"\nTime +about \d+ (s|min)\nMemory +about \d+ MB\n", text);
    }

    [Fact]
    public async Task Without_an_estimate_nothing_is_timed()
    {
        using var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. Options, "--no-estimate", "--format", "json"]));
        Assert.False(json.RootElement.TryGetProperty("estimate", out _));
        Assert.Equal(24, json.RootElement.GetProperty("members").GetArrayLength());
        Assert.DoesNotContain("Estimate", await SucceedAsync(["ensemble", "plan", .. Options, "--no-estimate"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_that_are_in_no_result_are_told()
    {
        string[] plan = ["ensemble", "plan", .. Options.TakeWhile(option => option != "--profile"), "--no-estimate", "--profile"];

        var (paper, annealed) = (await SucceedAsync([.. plan, "paper"]), await SucceedAsync([.. plan, "paper", "--distillation", "annealed"]));

        Assert.Contains("76 stolen, 70 honest; 6 of all are learned from and in no result\n", paper, StringComparison.Ordinal);
        Assert.Contains("\n  distillation (26)  ", paper, StringComparison.Ordinal);
        Assert.Contains("\n  shrink-perturb (6, only learned from)  ", paper, StringComparison.Ordinal);
        Assert.Contains("102 stolen, 130 honest; 92 of all are learned from and in no result\n", annealed, StringComparison.Ordinal);
        Assert.Contains("\n  distillation (26)  ", annealed, StringComparison.Ordinal);
        Assert.Contains("\n  distillation (26, only learned from)  ", annealed, StringComparison.Ordinal);
        Assert.Contains("\n  independent-training (60, only learned from)  ", annealed, StringComparison.Ordinal);
        Assert.Contains("12 stolen, 12 honest\n", await SucceedAsync([.. plan, "quick"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Perceptrons_are_built_by_one_process_unless_more_are_asked_for()
    {
        Assert.Equal(1, (await EstimateAsync(Options)).GetProperty("processes").GetInt32());
        Assert.Equal(1, (await EstimateAsync([.. Options, "--jobs", "auto"])).GetProperty("processes").GetInt32());
        Assert.Equal(3, (await EstimateAsync([.. Options, "--jobs", "3"])).GetProperty("processes").GetInt32());
        await FailAsync("UTAF1001", 2, ["ensemble", "plan", .. Options, "--jobs", "many"]);
        await FailAsync("UTAF1001", 2, ["fingerprint", .. Options, "--jobs", "257"]);
    }

    [Fact]
    public async Task A_fingerprint_is_the_same_however_many_processes_build_its_ensemble()
    {
        string[] stage2 = ["--examples", "10", "--iterations", "5", "--name", "m"];
        await SucceedAsync(["fingerprint", .. Options[..^1], "one", .. stage2, "--jobs", "1", "--store", "folder:first"]);

        // Said by the environment, which the processes have as well.
        var environment = new Dictionary<string, string?> { ["UTAF_JOBS"] = "2", ["UTAF_OUTPUT"] = "said.txt", ["UTAF_SEED"] = "0" };
        var result = await RunAsync(environment, ["fingerprint", .. Options[..^1], "two", .. stage2, "--store", "folder:second"]);

        Assert.True(result.ExitCode == 0, result.StandardError);
        Assert.Contains("Stolen", await File.ReadAllTextAsync(PathOf("said.txt"), TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Names("one/members"), Names("two/members"));
        Assert.All(Names("one/members"), name => Assert.Equal(File.ReadAllBytes(PathOf($"one/members/{name}")), File.ReadAllBytes(PathOf($"two/members/{name}"))));
    }

    private async Task<JsonElement> EstimateAsync(string[] options)
    {
        using var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. options, "--format", "json"]));
        return json.RootElement.GetProperty("estimate").Clone();
    }

    private static int Members(JsonElement estimate) => estimate.GetProperty("kinds").EnumerateArray().Sum(kind => kind.GetProperty("members").GetInt32());

    private List<string> Names(string folder) => [.. Directory.GetFiles(PathOf(folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
