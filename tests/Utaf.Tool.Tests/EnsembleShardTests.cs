using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
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
        using var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "build", .. Options, "--ensemble=two", "--no-pool", "--jobs", "2", "--format=json"]));

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

    [Fact]
    public async Task A_member_whose_bytes_changed_is_told_and_no_pair_is_made_on_it()
    {
        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "flipped"]);
        var file = Directory.GetFiles(PathOf("flipped/members"), "distillation-*")[0];
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^20] ^= 64;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        string[] command = ["fingerprint", .. Options, "--ensemble", "flipped", "--examples", "10", "--iterations", "5"];
        Assert.Contains(Path.GetFileName(file), await FailAsync("UTAF1402", 2, command), StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("12 stolen and 12 honest", await SucceedAsync(command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_full_disk_every_member_is_whole_or_missing_and_the_rest_is_built_when_there_is_room()
    {
        // A disk of 200 KB that only this process and its children see.
        Write("full.sh", """
            mkdir disk && mount -t tmpfs -o size=200k none disk || exit 77
            dotnet "$@"
            code=$?
            cp -r disk kept && exit $code
            """);
        var full = await ShellAsync(["unshare", "--mount", "--map-root-user", "sh", "full.sh", Tool, "ensemble", "build", .. Options, "--ensemble", "disk/e"]);
        Assert.SkipWhen(full.ExitCode is 1 or 77 or 127 && !full.StandardError.Contains("UTAF", StringComparison.Ordinal), $"No disk can be mounted here: {full.StandardError}");

        Assert.Contains("No space left on device", full.StandardError, StringComparison.Ordinal);
        await AssertGoesOnAsync(full, "kept/e");
    }

    [Fact]
    public async Task A_member_that_may_not_be_written_as_a_whole_is_not_written_at_all()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no limits of a process's files.");

        // Files of at most 32 or 64 KB, which the largest members are not; .NET makes itself larger ones where it may.
        Write("limit.sh", "trap '' XFSZ\nulimit -f 64\nDOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"\n");
        await AssertGoesOnAsync(await ShellAsync(["sh", "limit.sh", Tool, "ensemble", "build", .. Options, "--ensemble", "limited"]), "limited");
    }

    private async Task AssertGoesOnAsync(BufferedCommandResult stopped, string ensemble)
    {
        Assert.Equal(3, stopped.ExitCode);
        Assert.Single(stopped.StandardError.Split('\n'), line => line.Contains(" : error UTAF1309: ", StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(PathOf(ensemble), "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(".tmp", file, StringComparison.Ordinal));
        using (var status = JsonDocument.Parse(await SucceedAsync(["ensemble", "status", .. Options, "--ensemble", ensemble, "--format", "json"])))
        {
            Assert.Equal(Members(ensemble).Count, status.RootElement.GetProperty("built").GetArrayLength());
            Assert.NotEmpty(status.RootElement.GetProperty("missing").EnumerateArray());
        }

        var goesOn = await RunAsync(["ensemble", "build", .. Options, "--ensemble", ensemble, "--no-pool"]);
        Assert.True(goesOn.ExitCode == 0, goesOn.StandardError);
        Assert.DoesNotContain("cut short", goesOn.StandardError, StringComparison.Ordinal);
        await SucceedAsync(["ensemble", "build", .. Options, "--ensemble", "whole", "--no-pool"]);
        Assert.Equal(Members("whole"), Members(ensemble));
    }

    private Task<BufferedCommandResult> ShellAsync(string[] command) => Cli.Wrap(command[0])
        .WithArguments(command[1..])
        .WithWorkingDirectory(Folder)
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    private List<string> Members(string ensemble) =>
    [
        .. Directory.GetFiles(PathOf($"{ensemble}/members"))
            .Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
