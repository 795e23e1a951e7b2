using Utaf.Ensembles.Stacks;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Costs;

/// <summary>
/// Estimates what Stage 1 takes before it is begun: a few steps of each kind of member are timed, and the plan says how many
/// there are. Nothing is written.
/// </summary>
public static class CostModel
{
    /// <summary>How long the timing takes, unless networks are so large that it needs longer.</summary>
    public static TimeSpan UsualTime { get; } = TimeSpan.FromSeconds(8);

    /// <summary>Times the kinds of members and adds them up.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parts">The missing members that each process builds, in the plan's order.</param>
    /// <param name="target">The owner's model.</param>
    /// <param name="task">What it was trained to do.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="device">Where members are trained.</param>
    /// <param name="start">What a process takes until it begins to build.</param>
    /// <param name="time">How long the timing may take, about.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="UtafException">UTAF1403: a loss is not finite; UTAF11xx: a listed model cannot be read.</exception>
    public static CostEstimate Estimate(
        EnsemblePlan plan,
        IReadOnlyList<IReadOnlyList<Member>> parts,
        TargetModel target,
        LearningTask task,
        EnsembleData data,
        Device device,
        TimeSpan start,
        TimeSpan time,
        CancellationToken cancellationToken)
    {
        var before = WorkingSet.Peak();
        parts = [.. parts.Where(part => part.Count > 0)];
        if (parts.Count == 0)
        {
            return new(start.TotalSeconds, before, 1, []);
        }

        var members = parts.SelectMany(part => part).DistinctBy(member => member.Id).ToList();
        using var timings = new MemberTimings(plan, members, target, task, data, device, time, cancellationToken);
        var processors = StackSize.Threads(device);
        var costs = parts.Select(part => new PartCost(timings, part, processors)).ToList();
        var peak = WorkingSet.Peak() + timings.MoreBytes + timings.Tables.Shared + costs.Max(cost => cost.AliveBytes);
        var kinds = PartCost.Kinds(costs);
        var begin = start.TotalSeconds + timings.CompilingSeconds;
        if (parts.Count == 1)
        {
            return new(begin + costs[0].Alone + costs[0].Together, peak, 1, kinds);
        }

        // Processes share the processors: together they are no faster than these, and none is faster than by itself.
        var atOnce = Math.Min(parts.Count, processors);
        var slower = members.Where(member => timings.StepSeconds(member) > 0).MaxBy(member => timings.StepSeconds(member) * timings.Steps(member)) is { } costly
            ? timings.SlowerTogether(costly, atOnce)
            : 1;
        var shared = (costs.Sum(cost => cost.Alone) * slower / atOnce) + costs.Sum(cost => cost.Together);
        var longest = costs.Max(cost => (cost.Alone * slower) + cost.Together);
        var starts = start.TotalSeconds + (begin * slower * parts.Count / atOnce);
        return new(starts + Math.Max(shared, longest), before + (peak * parts.Count), parts.Count, kinds);
    }
}
