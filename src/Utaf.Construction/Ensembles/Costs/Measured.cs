using static TorchSharp.torch;

namespace Utaf.Ensembles.Costs;

/// <summary>What a piece of work that grows with its number of examples takes.</summary>
/// <param name="Seconds">Once, warm, with all examples.</param>
/// <param name="FirstSeconds">What the first time takes on top: a network that is new to torch is looked at more closely.</param>
/// <param name="MoreBytes">Memory beyond what the measuring itself has taken.</param>
/// <param name="IsExtended">Whether fewer examples were tried and the line extended.</param>
internal sealed record Measured(double Seconds, double FirstSeconds, long MoreBytes, bool IsExtended)
{
    // Batch norm needs two examples at least; with these the time of an expensive network is a fraction of a second still.
    private const int Few = 4;
    private const int MostRepeats = 4096;

    // So much at least for the larger of two sizes.
    private const double LeastSeconds = 0.25;

    // TorchScript watches the first two runs and compiles what it saw.
    private const int ColdRuns = 2;

    /// <summary>Does the work a few times, on as many examples as the time allows, and extends the line through two sizes from there.</summary>
    /// <param name="work">Given the number of examples and of repetitions.</param>
    /// <param name="examples">All examples, at least 1.</param>
    /// <param name="time">How long it may take, about.</param>
    /// <param name="device">Where the work is done.</param>
    /// <param name="atOnce">How many do the like in this process at the same time.</param>
    public static Measured Of(Action<int, int> work, int examples, TimeSpan time, Device device, int atOnce = 1)
    {
        var few = Math.Min(Few, examples);
        double[] cold = [.. Enumerable.Range(0, ColdRuns).Select(_ => Elapsed(few, 1).Seconds)];
        var warm = Elapsed(few, 1).Seconds;
        var extra = cold.Sum(seconds => Math.Max(0, seconds - warm));
        var affordable = Math.Max(time.TotalSeconds / 4, LeastSeconds) / (warm / few);
        if (affordable >= examples)
        {
            _ = Elapsed(examples, 1);
            for (var repeats = 1; ; repeats *= 2)
            {
                var (seconds, wall) = Elapsed(examples, repeats);
                if (seconds >= time.TotalSeconds / 8 || wall >= time.TotalSeconds || repeats >= MostRepeats)
                {
                    // The shortest of three: what comes between only makes it longer.
                    return new(Math.Min(seconds, Math.Min(Elapsed(examples, repeats).Seconds, Elapsed(examples, repeats).Seconds)) / repeats, extra, 0, IsExtended: false);
                }
            }
        }

        // Twice: torch looks anew at other sizes.
        var more = Math.Clamp((int)affordable, Math.Min(2 * few, examples), examples);
        var peak = WorkingSet.Peak();
        var larger = Math.Min(Elapsed(more, 1).Seconds, Elapsed(more, 1).Seconds);
        var rest = more == few ? 0 : (examples - more) / (double)(more - few);
        return new(larger + (rest * Math.Max(0, larger - warm)), extra, (long)(rest * (WorkingSet.Peak() - peak)), IsExtended: more < examples);

        (double Seconds, double Wall) Elapsed(int some, int repeats)
        {
            var clock = new WorkClock(device);
            work(some, repeats);
            return (clock.Seconds(atOnce), clock.WallSeconds);
        }
    }
}
