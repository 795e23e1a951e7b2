using TorchSharp;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>
/// Trains perceptrons of one shape together: each with its own data, order, lesson, learning rate and number of epochs, and to
/// the weights that it would have alone, bit for bit, whichever others it shares the stack with.
/// </summary>
internal sealed class StackedTraining : IDisposable
{
    // Divergence is looked for now and then: looking waits for the device.
    private const int ChecksEvery = 64;

    // Batches are filled up to a multiple of this, for the alignment that PerceptronStack asks for.
    private const int Rows = 16;

    private readonly LearningTask task;
    private readonly DataPool inputs;
    private readonly Dictionary<Lesson, DataPool> targets;
    private readonly PerceptronScale? scale;
    private readonly Device device;

    /// <summary>Prepares the data of members of one key.</summary>
    /// <param name="members">At least one.</param>
    /// <param name="task">What the target was trained to do.</param>
    public StackedTraining(IReadOnlyList<StackMember> members, LearningTask task)
    {
        using var noGradient = no_grad();
        (Members, this.task) = (members, task);

        // A copy: the member's own ends with it.
        scale = members[0].Perceptron.Scale?.Copy();
        device = members[0].Training.Data.Inputs.device;
        inputs = new(members.Select(member => member.Training.Data.Inputs), table => (scale?.Inputs(table.flatten(1)) ?? table.flatten(1)).contiguous());
        targets = members
            .GroupBy(member => member.Training.Lesson)
            .ToDictionary(group => group.Key, group => new DataPool(group.Select(member => member.Training.Data.Targets), table => table.alias()));
    }

    /// <summary>The members that the data was prepared for.</summary>
    public IReadOnlyList<StackMember> Members { get; }

    /// <summary>Trains some of the members together.</summary>
    /// <param name="members">Of <see cref="Members"/>.</param>
    /// <param name="finished">Told of each member when its network is trained; in the order in which they finish.</param>
    /// <param name="cancellationToken">Looked at after every step.</param>
    /// <exception cref="UtafException">UTAF1403: a member's loss is NaN or infinite.</exception>
    public void Train(IReadOnlyList<StackMember> members, Action<StackMember> finished, CancellationToken cancellationToken)
    {
        // Members of one lesson side by side: their losses are computed at once.
        var group = new Group(this, [.. members.GroupBy(member => member.Training.Lesson).SelectMany(alike => alike)]);
        try
        {
            for (var step = 0; ; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (group.Members.Any(member => member.Steps <= step))
                {
                    var rest = group.Finish(step, finished);
                    group.Dispose();
                    if (rest is null)
                    {
                        return;
                    }

                    group = rest;
                }

                group.Step(step);
            }
        }
        finally
        {
            group.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scale?.Dispose();
        inputs.Dispose();
        foreach (var pool in targets.Values)
        {
            pool.Dispose();
        }
    }

    /// <summary>The members that are still learning.</summary>
    private sealed class Group : IDisposable
    {
        private readonly StackedTraining training;
        private readonly PerceptronStack stack;
        private readonly Tensor values;
        private readonly StackedAdam adam;
        private readonly BatchOrder[] orders;
        private readonly IReadOnlyList<(Lesson Lesson, int Start, int Count)> lessons;
        private readonly IReadOnlyList<(ParameterSegment Segment, Tensor? Keep)> kept;
        private readonly Tensor loss;
        private readonly int batch;
        private readonly IStackPass pass;
        private readonly long[] rows;
        private readonly long[] answers;
        private readonly float[] weights;

        public Group(StackedTraining training, IReadOnlyList<StackMember> members)
            : this(training, members, PerceptronStack.Of([.. members.Select(member => member.Perceptron)]), null, [.. members.Select(member => new BatchOrder(member))])
        {
        }

        private Group(StackedTraining training, IReadOnlyList<StackMember> members, PerceptronStack stack, Func<Tensor, StackedAdam>? adam, BatchOrder[] orders)
        {
            using var scope = NewDisposeScope();
            (this.training, Members, this.stack, this.orders) = (training, members, stack, orders);
            values = stack.Values.narrow(0, 0, members.Count).DetachFromDisposeScope();
            this.adam = adam?.Invoke(values) ?? new(values, [.. members.Select(member => member.Training.Settings.LearningRate)]);
            var size = members[0].Training.Settings.BatchSize;
            batch = (size + Rows - 1) / Rows * Rows;
            lessons = [.. members
                .Select((member, k) => (member, k))
                .GroupBy(entry => entry.member.Training.Lesson)
                .Select(group => (group.Key, group.First().k, group.Count()))];
            kept = [.. stack.Segments.Select((segment, part) => (segment, Kept(segment, part))).Where(entry => entry.Item2 is not null)];
            loss = zeros(members.Count, device: training.device).DetachFromDisposeScope();
            pass = IStackPass.Of(training.device, stack, members, this.adam, training.inputs.All, batch);
            (rows, answers, weights) = (new long[members.Count * batch], new long[members.Count * batch], new float[members.Count * batch]);
        }

        public IReadOnlyList<StackMember> Members { get; }

        /// <summary>Hands over the members that have made all their steps, and returns the others; null when there are none.</summary>
        public Group? Finish(int step, Action<StackMember> finished)
        {
            RequireFinite(step);
            var rest = new List<long>();
            for (var k = 0; k < Members.Count; k++)
            {
                if (Members[k].Steps <= step)
                {
                    stack.CopyTo(k, Members[k].Perceptron);
                    finished(Members[k]);
                }
                else
                {
                    rest.Add(k);
                }
            }

            if (rest.Count == 0)
            {
                return null;
            }

            return new(training, [.. rest.Select(k => Members[(int)k])], stack.Some(rest), moved => adam.Some(moved, rest), [.. rest.Select(k => orders[k])]);
        }

        public void Step(int step)
        {
            using var scope = NewDisposeScope();
            using (no_grad())
            {
                var (targets, weight) = Draw(step);
                pass.Learn(Gradient(pass.Outputs(rows), targets, weight));
                foreach (var (segment, keep) in kept)
                {
                    segment.Of(values).mul_(keep!);
                }
            }

            if ((step + 1) % ChecksEvery == 0)
            {
                RequireFinite(step);
            }
        }

        public void Dispose()
        {
            pass.Dispose();
            values.Dispose();
            stack.Dispose();
            adam.Dispose();
            loss.Dispose();
            foreach (var (_, keep) in kept)
            {
                keep!.Dispose();
            }
        }

        /// <summary>Draws the batches of one step: <see cref="rows"/>, the targets by lesson, and the weight of each example, [K, B].</summary>
        private (IReadOnlyList<Tensor> Targets, Tensor Weight) Draw(int step)
        {
            for (var k = 0; k < Members.Count; k++)
            {
                var data = Members[k].Training.Data;
                var (firstInput, firstTarget) = (training.inputs.StartOf(data.Inputs), training.targets[Members[k].Training.Lesson].StartOf(data.Targets));
                var drawn = orders[k].Batch(step);
                for (var i = 0; i < batch; i++)
                {
                    // A batch that is not full goes on with any example, which counts nothing.
                    var example = i < drawn.Length ? drawn[i] : drawn[0];
                    rows[(k * batch) + i] = firstInput + example;
                    answers[(k * batch) + i] = firstTarget + example;
                    weights[(k * batch) + i] = i < drawn.Length ? 1f / drawn.Length : 0;
                }
            }

            var index = tensor(answers, device: training.device);
            return (
                [.. lessons.Select(lesson => Targets(lesson.Lesson, lesson.Start, lesson.Count, index, step))],
                tensor(weights, [Members.Count, batch], device: training.device));
        }

        /// <summary>What members of one lesson learn in a step, [count · B, …].</summary>
        private Tensor Targets(Lesson lesson, int start, int count, Tensor index, int step)
        {
            var drawn = training.targets[lesson].All.index_select(0, index.narrow(0, start * batch, count * batch));
            if (!lesson.TargetsMove)
            {
                return drawn;
            }

            float[] progress = [.. Members.Skip(start).Take(count).SelectMany(member => Enumerable.Repeat((float)step / member.Steps, batch))];
            return lesson.TargetsAt(drawn, tensor(progress, [progress.Length, 1], device: training.device));
        }

        /// <summary>The gradient of all losses by the outputs, [K, B, out]; only these few operations need a graph.</summary>
        private Tensor Gradient(Tensor outputs, IReadOnlyList<Tensor> targets, Tensor weight)
        {
            using var graph = enable_grad();
            var leaf = outputs.detach().requires_grad_();
            var products = training.scale?.Outputs(leaf) ?? leaf;
            var losses = lessons.Zip(targets, (lesson, target) => lesson.Lesson
                .Losses(training.task, products.narrow(0, lesson.Start, lesson.Count).reshape(lesson.Count * batch, -1), target)
                .view(lesson.Count, batch));
            var ofMembers = (cat([.. losses], 0) * weight).sum(1);
            ofMembers.sum().backward();
            using var noGradient = no_grad();
            loss.add_(ofMembers.detach());
            return leaf.grad!.contiguous();
        }

        private void RequireFinite(int step)
        {
            using var scope = NewDisposeScope();
            var unsound = loss.isfinite().logical_not();
            if (unsound.any().ToBoolean())
            {
                var member = Members[unsound.to_type(ScalarType.Int32).argmax().ToInt32()];
                throw Errors.NonFiniteOutputs($"training, epoch {Math.Min(step / member.StepsPerEpoch, member.Training.Settings.Epochs - 1) + 1}", member.Member.Id);
            }

            loss.zero_();
        }

        /// <summary>What stays zero of one segment, [K, length]; null where nothing does.</summary>
        private Tensor? Kept(ParameterSegment segment, int part) => Members.All(member => member.Kept[part] is null)
            ? null
            : torch.stack(Members.Select(member => member.Kept[part]?.flatten() ?? ones(segment.Length, device: training.device))).DetachFromDisposeScope();
    }
}
