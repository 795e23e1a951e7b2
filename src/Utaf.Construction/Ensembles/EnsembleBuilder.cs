using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TorchSharp;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>How far the building is.</summary>
/// <param name="Member">The member that was just finished.</param>
/// <param name="Built">Members in the folder.</param>
/// <param name="Planned">Members of the plan.</param>
public sealed record BuildProgress(Member Member, int Built, int Planned);

/// <summary>
/// Stage 1: builds the members that a folder misses. Perceptrons, and on a GPU fully connected generators, wait for others of
/// their shape and are trained together; everything else is built in the plan's order, one at a time.
/// </summary>
public sealed class EnsembleBuilder
{
    // So many at once that the time is in the products, so few that a run that is stopped has not lost much; and no more
    // than a quarter of a gigabyte of parameters, which training takes four times.
    internal const int MostWaiting = 256;
    internal const long MostWaitingNumbers = 1 << 26;

    private readonly EnsembleFolder folder;
    private readonly Workshop workshop;
    private readonly IProgress<BuildProgress>? progress;
    private readonly CancellationToken cancellationToken;
    private readonly List<StackMember> waiting = [];
    private readonly List<GeneratorMember> waitingGenerators = [];
    private readonly bool stacksGenerators;
    private readonly Lock saving = new();
    private int built;

    private EnsembleBuilder(EnsembleFolder folder, Workshop workshop, IProgress<BuildProgress>? progress, bool stacksGenerators, CancellationToken cancellationToken)
    {
        (this.folder, this.workshop, this.progress, this.stacksGenerators, this.cancellationToken) = (folder, workshop, progress, stacksGenerators, cancellationToken);
        built = folder.Plan.Members.Count - folder.Missing().Count;
    }

    /// <summary>Builds what is missing.</summary>
    /// <param name="folder">Where members go, one file each.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="progress">Told after each member, from one thread at a time.</param>
    /// <param name="cancellationToken">Stops between two training steps; built members stay.</param>
    /// <exception cref="UtafException">
    /// UTAF1403: a member's loss or outputs are not finite; UTAF1309: a member cannot be written; UTAF1407: a listed model is the
    /// target. Members that are in training at the same time are stopped; those that are finished stay.
    /// </exception>
    public static void BuildMissing(EnsembleFolder folder, Workshop workshop, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Build(folder, folder.Missing(), workshop, progress, cancellationToken);

    /// <summary>Builds some members.</summary>
    /// <param name="folder">Where members go, one file each.</param>
    /// <param name="members">Members that are missing, in the plan's order; what they start from is built or among them.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="progress">Told after each member, from one thread at a time.</param>
    /// <param name="cancellationToken">Stops between two training steps; built members stay.</param>
    /// <inheritdoc cref="BuildMissing" path="/exception"/>
    public static void Build(
        EnsembleFolder folder, IReadOnlyList<Member> members, Workshop workshop, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Build(folder, members, workshop, progress, GeneratorStack.Pays(workshop.Device.type), cancellationToken);

    /// <inheritdoc cref="Build(EnsembleFolder, IReadOnlyList{Member}, Workshop, IProgress{BuildProgress}?, CancellationToken)"/>
    /// <param name="folder">Where members go, one file each.</param>
    /// <param name="members">Members that are missing, in the plan's order; what they start from is built or among them.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="progress">Told after each member, from one thread at a time.</param>
    /// <param name="stacksGenerators">Whether fully connected generators are trained together.</param>
    /// <param name="cancellationToken">Stops between two training steps; built members stay.</param>
    internal static void Build(
        EnsembleFolder folder, IReadOnlyList<Member> members, Workshop workshop, IProgress<BuildProgress>? progress, bool stacksGenerators, CancellationToken cancellationToken)
    {
        folder.Plan.CheckListed(workshop.Target, workshop.Task, workshop.Data);
        folder.RemoveLeftovers();
        var builder = new EnsembleBuilder(folder, workshop, progress, stacksGenerators, cancellationToken);
        try
        {
            builder.Build(members);
        }
        finally
        {
            builder.Abandon();
        }
    }

    private void Build(IReadOnlyList<Member> members)
    {
        foreach (var member in members)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsTimeBefore(member))
            {
                TrainWaiting();
            }

            var draft = member.Recipe.Prepare(new(member.Id, workshop, () => Parent(member), new SeededRandom(folder.Plan.Seed, member.Id), cancellationToken));
            draft = draft with { Network = draft.Network.To(workshop.Device) };
            if (draft.Training is { Lesson.CanBeStacked: true } && Perceptron.TryRead(draft.Network, workshop.Probe, inTraining: true) is { } perceptron)
            {
                waiting.Add(new(member, perceptron, draft.Training));
                continue;
            }

            if (stacksGenerators && GeneratorMember.TryRead(member, draft) is { } generator)
            {
                waitingGenerators.Add(generator);
                continue;
            }

            using var network = draft.Network;
            using var training = draft.Training;
            if (training is not null)
            {
                Trainer.Train(network, training, workshop.Task, member.Id, cancellationToken);
            }

            Finish(member, network);
        }

        TrainWaiting();
    }

    /// <summary>Whether those that wait are to be trained before a member is prepared: they are enough, or it starts from one of them.</summary>
    private bool IsTimeBefore(Member member) =>
        waiting.Count + waitingGenerators.Count >= MostWaiting
        || waiting.Sum(other => other.Numbers) + waitingGenerators.Sum(other => other.Numbers) >= MostWaitingNumbers
        || waiting.Select(other => other.Member).Concat(waitingGenerators.Select(other => other.Member)).Any(other => other.Id == member.Parent);

    /// <summary>Trains those that wait, stack by stack, on all processors: there it makes no difference to a perceptron which stack it is in.</summary>
    private void TrainWaiting()
    {
        foreach (var alike in waitingGenerators.GroupBy(member => member.Key).ToList())
        {
            GeneratorStack.Train([.. alike], Finish, cancellationToken);
        }

        var trainings = waiting.GroupBy(member => member.Key).Select(alike => new StackedTraining([.. alike], workshop.Task)).ToList();
        try
        {
            // The longest first, and each taken up when a processor is free, so that they end at about the same time.
            var stacks = trainings
                .SelectMany(training => StackSize.Divide(training.Members, workshop.Device).Select(members => (training, members)))
                .OrderByDescending(stack => StackSize.Work(stack.members))
                .ToList();
            if (stacks.Count == 1 || StackSize.Threads(workshop.Device) == 1)
            {
                stacks.ForEach(stack => stack.training.Train(stack.members, Finish, cancellationToken));
                return;
            }

            TrainAtOnce(stacks);
        }
        finally
        {
            trainings.ForEach(training => training.Dispose());
        }
    }

    /// <summary>Trains stacks side by side; when one fails the others stop too, and its error is what the user is told.</summary>
    private void TrainAtOnce(IReadOnlyList<(StackedTraining Training, IReadOnlyList<StackMember> Members)> stacks)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        Parallel.ForEach(
            Partitioner.Create(stacks, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = StackSize.Threads(workshop.Device) },
            (stack, loop) =>
            {
                try
                {
                    stack.Training.Train(stack.Members, Finish, stop.Token);
                }
                catch (Exception e)
                {
                    // Others that fail after this one have been stopped, or likely fail for the same reason.
                    _ = Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                    loop.Stop();
                    stop.Cancel();
                }
            });
        if (first?.SourceException is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        first?.Throw();
    }

    private void Finish(StackMember member)
    {
        lock (saving)
        {
            Finish(member.Member, member.Perceptron.Network);
            waiting.Remove(member);

            // Tensors leave the dispose scope in which they were made, and two threads must not do that at once.
            member.Training.Dispose();
            member.Perceptron.Network.Dispose();
        }
    }

    private void Finish(GeneratorMember member)
    {
        Finish(member.Member, member.Network);
        waitingGenerators.Remove(member);
        member.Training.Dispose();
        member.Network.Dispose();
    }

    private void Finish(Member member, Network network)
    {
        RequireSoundOutputs(member, network);
        folder.Save(member, network);
        progress?.Report(new(member, ++built, folder.Plan.Members.Count));
    }

    private void Abandon()
    {
        foreach (var member in waiting)
        {
            member.Training.Dispose();
            member.Perceptron.Network.Dispose();
        }

        foreach (var member in waitingGenerators)
        {
            member.Training.Dispose();
            member.Network.Dispose();
        }
    }

    private Network Parent(Member member) => member.Parent is { } parent
        ? folder.Load(folder.Plan.Members.First(other => other.Id == parent), workshop.Architectures).To(workshop.Device)
        : workshop.Target.Copy().To(workshop.Device);

    private void RequireSoundOutputs(Member member, Network network)
    {
        using var scope = torch.NewDisposeScope();
        var outputs = Evaluation.Outputs(network, workshop.Public.Inputs.narrow(0, 0, Math.Min(512, workshop.Public.Count)));
        if (!outputs.isfinite().all().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("the finished member on public data", member.Id);
        }

        if (outputs.shape[1] != workshop.Target.Signature.OutputWidth)
        {
            throw Errors.WrongOutputWidth(member.Id, workshop.Target.Signature.OutputWidth, (int)outputs.shape[1]);
        }
    }
}
