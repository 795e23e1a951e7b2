using Utaf.Tool.Output;

namespace Utaf.Tool.Tests.Output;

public sealed class ProgressTests
{
    [Fact]
    public void The_time_left_counts_only_what_this_run_has_done()
    {
        var time = new ManualTime();
        var left = new TimeLeft(time);
        Assert.Null(left.After(10, 20));

        // 2 more in 4 seconds: 8 to go take 16.
        time.Advance(4);
        Assert.Equal(TimeSpan.FromSeconds(16), left.After(12, 20));
        Assert.Null(left.After(20, 20));
    }

    [Fact]
    public void Plain_progress_writes_a_line_every_few_seconds()
    {
        var time = new ManualTime();
        var writer = new StringWriter { NewLine = "\n" };
        var result = new PlainProgress(writer, time, TimeSpan.FromSeconds(4)).Track("Stage 1", stage =>
        {
            stage.Report(0, 70, "");
            time.Advance(1);
            stage.Report(1, 70, "pruned");
            time.Advance(5);
            stage.Report(12, 70, "distilled");
            return 5;
        });

        Assert.Equal(5, result);
        Assert.Equal("Stage 1 …\nStage 1: 12/70 distilled … about 29 s left\nStage 1: done in 6 s\n", writer.ToString());
    }

    [Fact]
    public void Text_is_never_read_as_markup()
    {
        var writer = new StringWriter();
        var page = new TextPage(writer, colours: false, width: 80);
        page.Line("[red]x[/] [");
        page.Facts(("name[0]", "value [bold]"));
        page.Table(["a [b]"], [["[i]"]]);
        Assert.Contains("[red]x[/] [", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("value [bold]", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("[i]", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colours_a_page_has_no_escape_sequence()
    {
        var (plain, coloured) = (new StringWriter(), new StringWriter());
        new TextPage(plain, colours: false, width: 80).Line("good", Tone.Good);
        new TextPage(coloured, colours: true, width: 80).Line("good", Tone.Good);
        Assert.DoesNotContain('\e', plain.ToString());
        Assert.Contains('\e', coloured.ToString());
    }

    private sealed class ManualTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(double seconds) => ticks += (long)(seconds * TimeSpan.TicksPerSecond);
    }
}
