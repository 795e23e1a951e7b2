using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>An ensemble built in parts.</summary>
public sealed class EnsembleShardTests : ToolTest
{
    private string[] Options
    {
        get
        {
            Write("data.csv", "a,b,c,d,e,y\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i % 7},{i % 5},{i % 3},{i % 11},{i % 2},{(i % 7) - (i % 3)}\n")));
            return [Fixture("mlp-scripted.pt"), "--data", "data.csv", "--task", "regression", "--profile", "quick", "--epochs", "2"];
        }
    }

    [Fact]
    public async Task Two_processes_build_what_one_builds()
    {
        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "one"]);
        using var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "build", .. Options, "--ensemble=two", "--jobs", "2", "--format=json"]));

        Assert.Empty(json.RootElement.GetProperty("missing").EnumerateArray());
        Assert.Equal(Members("one"), Members("two"));
    }

    [Fact]
    public async Task A_process_that_ends_badly_is_told_with_its_shard()
    {
        using var tool = new RunningTool(Tool, Folder, ["ensemble", "build", .. Options[..^1], "3000", "--ensemble", "killed", "--jobs", "2"]);
        List<int> children = [];
        await tool.UntilAsync(() => (children = tool.Children()).Count == 2);

        // As the kernel does where memory ends.
        children.ForEach(child => RunningTool.Signal("KILL", child));
        var exitCode = await tool.EndAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("error UTAF1408: ", tool.Errors, StringComparison.Ordinal);
        Assert.Contains("ended with 137", tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_matrix_has_a_job_for_each_shard_that_has_members()
    {
        Assert.Equal("""{"shard":["0/3","1/3","2/3"]}""", (await SucceedAsync(["ensemble", "plan", .. Options, "--matrix", "3"])).Trim());
        using var many = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. Options, "--matrix", "100", "--format", "json"]));
        Assert.Equal(24, many.RootElement.GetProperty("shard").GetArrayLength());
        await FailAsync("UTAF1001", 2, ["ensemble", "plan", .. Options, "--matrix", "0"]);
        await FailAsync("UTAF1001", 2, ["ensemble", "plan", .. Options, "--matrix", "257"]);
        await FailAsync("UTAF1001", 2, ["ensemble", "build", .. Options, "--shard", "3/3"]);
        await FailAsync("UTAF1001", 2, ["ensemble", "build", .. Options, "--jobs", "0"]);
    }

    [Fact]
    public async Task Without_building_the_missing_members_are_named_and_shared_ones_are_fetched()
    {
        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "first", "--shard", "0/2", "--members", "folder:shared"]);
        var early = await RunAsync(["fingerprint", .. Options, "--ensemble", "here", "--members", "folder:shared", "--no-build"]);
        Assert.Equal(2, early.ExitCode);
        Assert.Contains("error UTAF1406: The ensemble has 12 of 24 members; missing are ", early.StandardError, StringComparison.Ordinal);

        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "second", "--shard", "1/2", "--members", "folder:shared"]);
        var made = await SucceedAsync(["fingerprint", .. Options, "--ensemble", "here", "--members", "folder:shared", "--no-build", "--examples", "10", "--iterations", "5"]);
        Assert.Contains("12 stolen and 12 honest", made, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_was_cut_short_is_told_and_built_again()
    {
        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "cut"]);
        var before = Members("cut");
        var file = Directory.GetFiles(PathOf("cut/members"))[3];
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))[..^7], TestContext.Current.CancellationToken);

        var again = await RunAsync(["ensemble", "build", .. Options, "--ensemble", "cut"]);

        Assert.Contains($"{Path.GetFileName(file)} was cut short", again.StandardError, StringComparison.Ordinal);
        Assert.Equal(before, Members("cut"));
    }

    private List<string> Members(string ensemble) =>
    [
        .. Directory.GetFiles(PathOf($"{ensemble}/members"))
            .Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
