using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles.Costs;

/// <summary>How long a step of a stack takes: a line over its number of members.</summary>
/// <param name="Fixed">Seconds, whatever the number.</param>
/// <param name="PerMember">Seconds for each member.</param>
/// <param name="Least">How many rows a stack computes at least.</param>
internal sealed record StackPace(double Fixed, double PerMember, int Least)
{
    private const int WarmUp = 16;
    private const int MostSteps = 8192;

    private double Step(int members) => Fixed + (PerMember * Math.Max(Least, members));

    /// <summary>How long a stack takes.</summary>
    /// <param name="steps">Each member's; those that have made theirs leave the stack.</param>
    public double Seconds(IEnumerable<long> steps)
    {
        var (seconds, made) = (0.0, 0L);
        long[] sorted = [.. steps.Order()];
        for (var i = 0; i < sorted.Length; i++)
        {
            seconds += (sorted[i] - made) * Step(sorted.Length - i);
            made = sorted[i];
        }

        return seconds;
    }

    /// <summary>When the last of some stacks is done, each taken up by the processor that is free first.</summary>
    public static double Makespan(IEnumerable<double> seconds, int processors)
    {
        var busyUntil = new double[processors];
        foreach (var duration in seconds.OrderDescending())
        {
            busyUntil[Array.IndexOf(busyUntil, busyUntil.Min())] += duration;
        }

        return busyUntil.Max();
    }

    /// <summary>Times two sizes of stack, as many at once as there will be.</summary>
    /// <param name="members">Of one key; as many as the largest stack has.</param>
    /// <param name="atOnce">Stacks that are trained at the same time.</param>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="time">How long it may take, about.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static StackPace Of(IReadOnlyList<StackMember> members, int atOnce, LearningTask task, TimeSpan time, CancellationToken cancellationToken)
    {
        using var training = new StackedTraining(members, task);
        var large = Step(members);
        var least = StackSize.Least(members[0].Training.Data.Inputs.device);
        if (members.Count <= least)
        {
            return new(large, 0, least);
        }

        var few = Math.Max(least, members.Count / 4);
        var perMember = Math.Max(0, (large - Step([.. members.Take(few)])) / (members.Count - few));
        return new(Math.Max(0, large - (perMember * members.Count)), perMember, least);

        double Step(IReadOnlyList<StackMember> some)
        {
            _ = Elapsed(some, WarmUp);
            for (var steps = 2 * WarmUp; ; steps *= 2)
            {
                var (seconds, wall) = Elapsed(some, steps);
                if (seconds >= time.TotalSeconds / 16 || wall >= time.TotalSeconds || steps >= MostSteps)
                {
                    // The shortest of three: what comes between only makes it longer.
                    return Math.Min(seconds, Math.Min(Elapsed(some, steps).Seconds, Elapsed(some, steps).Seconds)) / steps;
                }
            }
        }

        (double Seconds, double Wall) Elapsed(IReadOnlyList<StackMember> some, int steps)
        {
            List<StackMember>[] copies = [.. Enumerable.Range(0, atOnce).Select(copy => some.Select(member => WithSteps(member, steps, copy)).ToList())];
            var clock = new WorkClock(members[0].Training.Data.Inputs.device);
            Parallel.ForEach(
                copies,
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
                stack => training.Train(stack, _ => { }, cancellationToken));
            return (clock.Seconds(atOnce), clock.WallSeconds);
        }
    }

    private static StackMember WithSteps(StackMember member, int steps, int copy) => member with
    {
        Training = member.Training with
        {
            Settings = member.Training.Settings with { Epochs = Math.Max(1, steps / member.StepsPerEpoch) },
            Random = new SeededRandom((ulong)copy, member.Member.Id),
        },
    };
}
