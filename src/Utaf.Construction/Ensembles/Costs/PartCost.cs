using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Stacks;

namespace Utaf.Ensembles.Costs;

/// <summary>What one process takes for its members: it goes through them as <see cref="EnsembleBuilder"/> does.</summary>
internal sealed class PartCost
{
    private readonly MemberTimings timings;
    private readonly int processors;
    private readonly List<(StackMember Stack, long Steps)> waiting = [];
    private readonly List<Item> items = [];

    /// <param name="timings">What each kind of member takes.</param>
    /// <param name="members">The process's members, in the plan's order.</param>
    /// <param name="processors">How many stacks are trained at once.</param>
    public PartCost(MemberTimings timings, IReadOnlyList<Member> members, int processors)
    {
        (this.timings, this.processors) = (timings, processors);
        foreach (var member in members)
        {
            if (waiting.Count >= EnsembleBuilder.MostWaiting
                || waiting.Sum(other => other.Stack.Numbers) >= EnsembleBuilder.MostWaitingNumbers
                || waiting.Any(other => other.Stack.Member.Id == member.Parent))
            {
                TrainWaiting();
            }

            var (around, steps) = (timings.AroundSeconds(member), timings.Steps(member));
            if (timings.IsStacked(member))
            {
                waiting.Add(timings.Stacked(member));
                items.Add(new(timings.StackNameOf(member), Stacked: true, 1, steps, 0, around));
            }
            else
            {
                AliveBytes = Math.Max(AliveBytes, WaitingBytes + timings.Tables.Own(member));
                items.Add(new(timings.KindOf(member), Stacked: false, 1, steps, steps * timings.StepSeconds(member), around));
            }
        }

        TrainWaiting();
        TeachingSeconds = members.Any(member => member.Recipe is Distillation) ? timings.TeachingSeconds : 0;
    }

    /// <summary>Seconds in which it uses one processor.</summary>
    public double Alone => TeachingSeconds + items.Sum(item => item.Around + (item.Stacked ? 0 : item.Training));

    /// <summary>Seconds in which it uses all processors.</summary>
    public double Together => items.Sum(item => item.Stacked ? item.Training : 0);

    /// <summary>
    /// Memory of what is alive at the same time, at most: networks that wait for others, data of members' own, and data as stacks
    /// read it. A member that is trained alone has its data to itself, and gives it back before the next one is prepared.
    /// </summary>
    public long AliveBytes { get; private set; }

    // Networks, and as much again for what pruning keeps zero.
    private long WaitingBytes => waiting.Sum(member => (member.Stack.Numbers * 2 * sizeof(float)) + timings.Tables.Own(member.Stack.Member));

    private double TeachingSeconds { get; }

    /// <summary>Where the time of some processes goes, the most expensive kind first.</summary>
    public static IReadOnlyList<KindCost> Kinds(IEnumerable<PartCost> parts) =>
    [
        .. parts
            .SelectMany(part => part.items)
            .GroupBy(item => (item.Kind, item.Stacked))
            .Select(kind => (kind.Key, Members: kind.Sum(item => item.Members), Steps: kind.Sum(item => item.Steps), Training: kind.Sum(item => item.Training), Around: kind.Sum(item => item.Around)))
            .Select(kind => new KindCost(kind.Key.Kind, kind.Key.Stacked, kind.Members, kind.Steps, kind.Steps > 0 ? kind.Training / kind.Steps : 0, kind.Training + kind.Around))
            .OrderByDescending(kind => kind.Seconds),
    ];

    private void TrainWaiting()
    {
        var stacks = waiting
            .GroupBy(member => member.Stack.Key)
            .SelectMany(alike => alike.OrderByDescending(member => member.Steps).Chunk(timings.MostTogether(alike.First().Stack)))
            .Select(stack => (First: stack[0].Stack, Seconds: timings.PaceOf(stack[0].Stack).Seconds(stack.Select(member => member.Steps))))
            .ToList();
        var (span, sum) = (StackPace.Makespan(stacks.Select(stack => stack.Seconds), processors), stacks.Sum(stack => stack.Seconds));
        items.AddRange(stacks.Select(stack => new Item(timings.StackNameOf(stack.First.Member), Stacked: true, 0, 0, sum > 0 ? span * stack.Seconds / sum : 0, 0)));

        // The stacks of all shapes are prepared before the first of them is trained.
        var pooled = waiting.GroupBy(member => member.Stack.Key).Sum(alike => timings.Tables.Pooled(alike.Select(member => member.Stack.Member)));
        AliveBytes = Math.Max(AliveBytes, WaitingBytes + pooled);
        waiting.Clear();
    }

    /// <summary>A member, or a stack's training.</summary>
    private sealed record Item(string Kind, bool Stacked, int Members, long Steps, double Training, double Around);
}
