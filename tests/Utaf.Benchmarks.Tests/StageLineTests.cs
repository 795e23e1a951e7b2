using Utaf.Benchmarks.Speed;

namespace Utaf.Benchmarks.Tests;

public sealed class StageLineTests
{
    [Fact]
    public void A_line_tells_stage_seconds_and_further_numbers()
    {
        var line = StageLine.TryParse("""{"stage": "verify", "seconds": 0.011, "auc": 0.9282, "who": "somebody"}""");

        Assert.NotNull(line);
        Assert.Equal("verify", line.Stage);
        Assert.Equal(0.011, line.Seconds);
        Assert.Equal(0.9282, line["auc"]);
        Assert.DoesNotContain("who", line.Numbers.Keys);
    }

    [Theory]
    [InlineData("UserWarning: something is slow")]
    [InlineData("{ not JSON")]
    [InlineData("""{"seconds": 1}""")]
    [InlineData("""{"stage": "verify"}""")]
    [InlineData("")]
    public void Anything_else_is_no_stage(string line) => Assert.Null(StageLine.TryParse(line));

    [Fact]
    public void What_is_written_is_read()
    {
        var line = new StageLine("ensemble", 1.5, new Dictionary<string, double> { ["members"] = 140 });

        var read = StageLine.TryParse(line.ToString());

        Assert.Equal(line.Stage, read?.Stage);
        Assert.Equal(line.Seconds, read?.Seconds);
        Assert.Equal(line.Numbers, read?.Numbers);
    }

    [Fact]
    public void A_stage_that_was_not_told_is_an_error_that_names_it()
    {
        IReadOnlyList<StageLine> lines = [new("ensemble", 1, new Dictionary<string, double>())];

        Assert.Contains("'verify'", Assert.Throws<ContestantException>(() => lines.Stage("verify")).Message, StringComparison.Ordinal);
    }
}
