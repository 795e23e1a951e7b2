using TorchSharp;
using Utaf.Benchmarks.Scenarios;
using Utaf.Ensembles.Costs;
using Utaf.Tests;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class NeedsTests
{
    [Fact]
    public void More_memory_than_there_is_is_refused()
    {
        const long gigabyte = 1L << 30;
        Needs.Require(gigabyte, gigabyte, "the profile paper of skin");

        var error = Assert.Throws<UtafException>(() => Needs.Require(2 * gigabyte, gigabyte, "the profile paper of skin")).Diagnostic;

        Assert.Equal(("UTAF2003", ExitCode.Environment), (error.Code, error.ExitCode));
        Assert.Contains("the profile paper of skin takes about 2048 MB, and this machine has 1024 MB", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 20, "reading train-images-idx3-ubyte, t10k-images-idx3-ubyte takes about")]
    [InlineData(1L << 26, "the profile cpu of fashion in 2 processes (fewer: --processes 1) takes about")]
    public void A_machine_too_small_for_the_data_or_for_the_ensemble_is_told_before_anything_is_written(long memory, string expected)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("fashion", folder.Path);
        var input = Input(folder, Profile.Cpu);

        var error = Assert.Throws<UtafException>(
            () => Needs.Check(new Fashion(), input, processes: 2, seed: 0, memory, said => Assert.Fail(said), TestContext.Current.CancellationToken)).Diagnostic;

        Assert.Equal("UTAF2003", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(input.Work));
    }

    [Fact]
    public void Every_process_builds_its_part_and_takes_its_memory()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        var input = Input(folder, Profile.Smoke);
        using var scope = NewDisposeScope();
        var prepared = new Warfarin().Prepare(input, 0, trained: false);
        using var target = prepared.Target;

        var parts = BuildProcesses.Parts(prepared.Plan, 2, input.Device);
        var (one, two) = (Estimate(1), Estimate(2));

        Assert.Equal(2, parts.Count);
        Assert.Equal(prepared.Plan.Members.Select(member => member.Id).Order(), parts.SelectMany(part => part).Select(member => member.Id).Order());
        Assert.Contains(parts[0], member => member.Parent is not null);
        Assert.DoesNotContain(parts[1], member => member.Parent is not null);
        Assert.Equal((1, 2), (one.Processes, two.Processes));
        Assert.True(two.PeakMemoryBytes > 1.5 * one.PeakMemoryBytes);

        CostEstimate Estimate(int processes) => Needs.Estimate(prepared, processes, input.Device, TimeSpan.FromSeconds(0.2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Only_the_profile_paper_without_a_GPU_is_warned_of()
    {
        var warning = Needs.Warning(Profile.Paper, DeviceType.CPU, "30 hours");

        Assert.Contains("meant for a GPU, and there is none here", warning, StringComparison.Ordinal);
        Assert.Contains("about 30 hours for each repeat", warning, StringComparison.Ordinal);
        Assert.Null(Needs.Warning(Profile.Paper, DeviceType.CUDA, "30 hours"));
        Assert.Null(Needs.Warning(Profile.Cpu, DeviceType.CPU, "30 hours"));
    }

    [Fact]
    public void Before_the_profile_paper_begins_on_a_processor_its_time_is_told()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("fashion", folder.Path);
        var said = new List<string>();

        Needs.Check(new Fashion(), Input(folder, Profile.Paper), processes: 1, seed: 0, long.MaxValue, said.Add, TestContext.Current.CancellationToken);

        Assert.Contains(said, line => line.Contains("a whole ensemble takes about", StringComparison.Ordinal));
        Assert.Contains(said, line => line.StartsWith("warning: the profile paper is meant for a GPU", StringComparison.Ordinal));
    }

    private static ScenarioInput Input(TemporaryFolder folder, Profile profile) => new(folder.Path, [], profile, folder.File("work"), TorchRuntime.Start("cpu"));
}
