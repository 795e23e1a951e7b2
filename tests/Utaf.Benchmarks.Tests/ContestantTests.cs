using Utaf.Benchmarks.Speed;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Tests;

public sealed class ContestantTests
{
    [Fact]
    public void Stages_are_read_between_other_lines()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh.");

        var lines = Shell("""echo hello; echo '{"stage": "a", "seconds": 1}'; echo warning >&2; echo '{"stage": "b", "seconds": 2}'""").Run();

        Assert.Equal(["a", "b"], lines.Select(line => line.Stage));
    }

    [Fact]
    public void One_that_fails_is_told_with_its_last_words()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh.");

        var error = Assert.Throws<ContestantException>(() => Shell("echo first >&2; echo 'out of paper' >&2; exit 7").Run());

        Assert.Contains("exit code 7: out of paper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_not_there_is_told_by_name()
    {
        var error = Assert.Throws<ContestantException>(() => new Contestant("nobody", "/nowhere/at-all", []).Run());

        Assert.Contains("/nowhere/at-all", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_BLAS_library_chooses_for_itself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh.");
        var start = new System.Diagnostics.ProcessStartInfo { Environment = { ["OPENBLAS_CORETYPE"] = "Haswell", ["OPENBLAS_L2_SIZE"] = "1", ["KEPT"] = "1" } };

        Contestant.LeaveAlone(start);

        Assert.DoesNotContain("OPENBLAS_CORETYPE", start.Environment.Keys);
        Assert.DoesNotContain("OPENBLAS_L2_SIZE", start.Environment.Keys);
        Assert.Contains("KEPT", start.Environment.Keys);
    }

    [Fact]
    public void A_child_is_given_the_work_as_it_was_meant()
    {
        var work = new WarfarinWork("a folder", "another", ulong.MaxValue, 1000);

        var contestant = work.AsContestant("ours");

        Assert.Equal(SpeedWorkCommand.Name, contestant.Arguments[0]);
        Assert.Equal(work, SpeedWork.Parse(contestant.Arguments[1]));
    }

    private static Contestant Shell(string script) => new("sh", "/bin/sh", ["-c", script]);
}
