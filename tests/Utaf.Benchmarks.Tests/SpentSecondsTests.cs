using Utaf.Benchmarks.Scenarios;
using Utaf.Tests;
using Utaf.Torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class SpentSecondsTests
{
    [Fact]
    public void What_was_spent_until_a_moment_before_the_last_call_is_kept()
    {
        using var folder = new TemporaryFolder();
        var clock = new Clock();
        var killed = new SpentSeconds(folder.Path, clock);

        Pass(5);
        Assert.Equal(5, Kept());
        Pass(0.5);
        Assert.Equal(5, Kept());
        Pass(0.5);
        Assert.Equal(6, Kept());

        var next = new SpentSeconds(folder.Path, clock);
        clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(8, next.Total);

        // A member is finished.
        void Pass(double seconds)
        {
            clock.Now += TimeSpan.FromSeconds(seconds);
            killed.KeepNowAndThen();
        }

        double Kept() => new SpentSeconds(folder.Path, clock).Total;
    }

    [Fact]
    public void Seconds_are_kept_while_members_are_built()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var work = folder.File("work");
        var settings = new ScenarioSettings(folder.Path, [], Seed: 0, Repeats: 1, Profile.Smoke, Run: folder.File("run"), Resume: false, work, ["utaf"], Threads: 1, Processes: 1);
        var input = new ScenarioInput(folder.Path, [], Profile.Smoke, work, TorchRuntime.Start("cpu"));
        string[] kept = [];
        var run = new RepeatRun(new Warfarin(), settings, input, Hear, stop.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => run.Run(0));

        Assert.Single(kept);

        void Hear(string line)
        {
            if (line.Contains("10 of 24 members", StringComparison.Ordinal))
            {
                kept = Directory.GetFiles(work, "seconds.txt", SearchOption.AllDirectories);
                stop.Cancel();
            }
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
