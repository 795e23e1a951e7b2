using System.Runtime;
using Utaf.Data;
using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Costs;

/// <summary>
/// What members of each kind take: one of each is prepared, makes some steps on examples from all over the data, and is
/// checked and put into the form in which it would be saved.
/// </summary>
internal sealed class MemberTimings : IDisposable
{
    // As many as EnsembleBuilder looks at when a member is finished.
    private const int CheckedExamples = 512;

    // Whoever has a network whose step takes longer than this gets a rougher estimate sooner.
    private const double MostSecondsOfOneStep = 4;

    // Bytes of members that were saved wait until .NET clears them away: several of one member, and of several members.
    private const int SavedCopies = 16;

    private readonly EnsemblePlan plan;
    private readonly EnsembleData data;
    private readonly LearningTask task;
    private readonly TimeSpan time;
    private readonly CancellationToken cancellationToken;
    private readonly Workshop sample;
    private readonly Dictionary<string, TimedKind> kinds = [];
    private readonly Dictionary<(string Shape, int BatchSize), StackPace> paces = [];

    /// <summary>Times the kinds of some members.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="members">At least one of its members.</param>
    /// <param name="target">The owner's model.</param>
    /// <param name="task">What it was trained to do.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="device">Where members are trained.</param>
    /// <param name="time">How long it may take, about; a network of which a few examples take longer than its share takes that longer.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public MemberTimings(
        EnsemblePlan plan, IReadOnlyList<Member> members, TargetModel target, LearningTask task, EnsembleData data, Device device, TimeSpan time, CancellationToken cancellationToken)
    {
        (this.plan, this.task, this.data, this.time, this.cancellationToken) = (plan, task, data, time, cancellationToken);
        Tables = new(data, task, plan.OutputWidth);
        var compiled = JitInfo.GetCompilationTime();
        var batch = members.Max(member => member.Recipe.Effort?.Settings.BatchSize ?? 2);
        sample = new(target, task, data with { Owner = Some(data.Owner, batch), Public = Some(data.Public, batch), Irrelevant = [.. data.Irrelevant.Select(table => Some(table, batch))] }, device);
        try
        {
            TimeKinds([.. members.GroupBy(KindOf)]);
            CorrectExtended(members);
            TimeStacks([.. members.Where(IsStacked).Select(Stacked).GroupBy(member => member.Stack.Key)]);
            if (!task.DrawsInputs && members.Any(member => member.Recipe is Distillation))
            {
                var checkedOnes = Math.Min(CheckedExamples, data.Public.Count);
                TeachingSeconds = Prototype.Outputs(target.Network, sample, checkedOnes, time / 20).Seconds * data.Public.Count / checkedOnes;
            }

            CompilingSeconds = (JitInfo.GetCompilationTime() - compiled).TotalSeconds;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the data takes while members are built.</summary>
    public DataBytes Tables { get; }

    /// <summary>How long the target's outputs on all public data take, which its students learn; 0 where they ask for their own in each step.</summary>
    public double TeachingSeconds { get; }

    /// <summary>How long .NET compiled the code that members are built with, as it will when they are.</summary>
    public double CompilingSeconds { get; }

    /// <summary>Memory that the timing did not take: of the examples of a batch that were not tried, and of many members saved.</summary>
    public long MoreBytes { get; private set; }

    /// <summary>Architecture and what is done in a step.</summary>
    public string KindOf(Member member)
    {
        var effort = member.Recipe.Effort;
        var head = task.LearnsFeatures && member.Recipe is IndependentTraining ? ", with a head" : "";
        return $"{plan.ArchitectureOf(member).Id}, {effort?.Step ?? "not trained"}{head}{(effort is null or { Settings.BatchSize: 64 } ? "" : $", batches of {effort.Settings.BatchSize}")}";
    }

    /// <summary>The same for members that are trained together, whatever is done in their steps.</summary>
    public string StackNameOf(Member member) => $"{plan.ArchitectureOf(member).Id}, together";

    /// <summary>Whether a member is trained together with others.</summary>
    public bool IsStacked(Member member) => kinds[KindOf(member)].Prototype.Perceptron is not null;

    /// <summary>A member as it waits for others, and its steps.</summary>
    public (StackMember Stack, long Steps) Stacked(Member member)
    {
        var prototype = kinds[KindOf(member)].Prototype;
        return (new(member, prototype.Perceptron!, prototype.Training!), Steps(member));
    }

    /// <summary>A member's steps.</summary>
    public long Steps(Member member) => member.Recipe.Effort?.Steps(data) ?? 0;

    /// <summary>Seconds before and after a member's training.</summary>
    public double AroundSeconds(Member member) => kinds[KindOf(member)].AroundSeconds;

    /// <summary>Seconds of a step of a member that is trained alone.</summary>
    public double StepSeconds(Member member) => kinds[KindOf(member)].Step?.Seconds ?? 0;

    /// <summary>How fast stacks of such members are.</summary>
    public StackPace PaceOf(StackMember member) => paces[member.Key];

    /// <summary>How many members a stack of such members has at most.</summary>
    public int MostTogether(StackMember member) => StackSize.Most(member.Numbers, sample.Device);

    /// <summary>How much longer a member's steps take while others make theirs.</summary>
    /// <param name="member">One that is trained alone.</param>
    /// <param name="atOnce">How many make steps, this one counted.</param>
    public double SlowerTogether(Member member, int atOnce)
    {
        var prototypes = Enumerable.Range(0, atOnce).Select(_ => Prototype.Of(member, plan, sample, cancellationToken)).ToList();
        try
        {
            var together = prototypes.AsParallel().WithDegreeOfParallelism(atOnce).Select(prototype => prototype.Step(task, time / 8, cancellationToken, atOnce).Seconds).Average();
            return Math.Clamp(together / prototypes[0].Step(task, time / 8, cancellationToken).Seconds, 1, atOnce);
        }
        finally
        {
            prototypes.ForEach(prototype => prototype.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kind in kinds.Values)
        {
            kind.Prototype.Dispose();
        }

        sample.Dispose();
    }

    private void TimeKinds(IReadOnlyList<IGrouping<string, Member>> groups)
    {
        // The first of all has .NET's and torch's own start in its time.
        using (var cold = Prototype.Of((groups.FirstOrDefault(group => group.First().Recipe.Effort is not null) ?? groups[0]).First(), plan, sample, cancellationToken))
        {
            _ = cold.SaveSeconds();
            if (cold is { Training: not null, Perceptron: null })
            {
                _ = cold.Step(task, TimeSpan.Zero, cancellationToken);
            }
        }

        var share = time / (2.0 * groups.Count);
        foreach (var group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var prototype = Prototype.Of(group.First(), plan, sample, cancellationToken);
            kinds.Add(group.Key, new(prototype));
            var step = prototype is { Training: not null, Perceptron: null } ? prototype.Step(task, share, cancellationToken) : null;
            var outputs = Prototype.Outputs(prototype.Network, sample, Math.Min(CheckedExamples, data.Public.Count), share / 4);
            kinds[group.Key] = new(prototype, step, prototype.PrepareSeconds + (step?.FirstSeconds ?? 0) + outputs.Seconds + prototype.SaveSeconds());
            MoreBytes = Math.Max(MoreBytes, Math.Max(outputs.MoreBytes, step?.MoreBytes ?? 0) + (prototype.Bytes * SavedCopies));
        }
    }

    /// <summary>
    /// A few examples fit the processor's cache, a full batch of a large network does not. Of each architecture the costliest
    /// kind makes a full step, and the others are corrected as it is.
    /// </summary>
    private void CorrectExtended(IReadOnlyList<Member> members)
    {
        foreach (var alike in members.Where(member => kinds[KindOf(member)].Step is { IsExtended: true }).GroupBy(plan.ArchitectureOf))
        {
            var costliest = kinds[KindOf(alike.MaxBy(member => StepSeconds(member) * Steps(member))!)];
            if (costliest.Step!.Seconds > MostSecondsOfOneStep)
            {
                continue;
            }

            var factor = costliest.Prototype.FullStepSeconds(task, cancellationToken) / costliest.Step.Seconds;
            foreach (var kind in alike.Select(KindOf).Distinct().ToList())
            {
                kinds[kind] = kinds[kind] with { Step = kinds[kind].Step! with { Seconds = kinds[kind].Step!.Seconds * factor } };
            }
        }
    }

    private void TimeStacks(IReadOnlyList<IGrouping<(string Shape, int BatchSize), (StackMember Stack, long Steps)>> groups)
    {
        foreach (var alike in groups)
        {
            var most = MostTogether(alike.First().Stack);
            var stacks = (alike.Count() + most - 1) / most;
            var largest = alike.OrderByDescending(member => member.Steps).Take(most).Select(member => member.Stack);
            paces.Add(alike.Key, StackPace.Of([.. largest], Math.Min(StackSize.Threads(sample.Device), stacks), task, time / (2.0 * groups.Count), cancellationToken));
        }
    }

    /// <summary>Examples from all over a table, which may be sorted.</summary>
    private static DataTable Some(DataTable table, int most)
    {
        var count = Math.Min(most, table.Count);
        return table.Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * table.Count / count))]);
    }

    private sealed record TimedKind(Prototype Prototype, Measured? Step = null, double AroundSeconds = 0);
}
