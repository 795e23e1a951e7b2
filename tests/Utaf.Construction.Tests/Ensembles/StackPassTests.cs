using TorchSharp;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>What a stack does on the processor is what it does by torch's operations, which GPUs run.</summary>
[Collection(TorchSession.Name)]
public sealed class StackPassTests : IDisposable
{
    private const int Batch = 32;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask task = SmallTask.Mlp(131, 97);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Both_passes_learn_the_same(int count)
    {
        using var noGradient = no_grad();
        List<StackMember> members = [.. Enumerable.Range(0, count).Select(Member)];
        var examples = task.Workshop.Owner.Inputs.flatten(1).contiguous();
        using var stack = PerceptronStack.Of([.. members.Select(member => member.Perceptron)]);
        using var other = PerceptronStack.Of([.. members.Select(member => member.Perceptron)]);
        var before = stack.Values.clone();
        using var adam = new StackedAdam(stack.Values.narrow(0, 0, count), [.. members.Select(member => member.Training.Settings.LearningRate)]);
        using var otherAdam = new StackedAdam(other.Values.narrow(0, 0, count), [.. members.Select(member => member.Training.Settings.LearningRate)]);
        using var onProcessor = new ProcessorPass(stack, members, adam, examples, Batch);
        using var byTorch = new DevicePass(other, members, otherAdam, examples, Batch);
        for (var step = 0; step < 5; step++)
        {
            long[] rows = [.. Enumerable.Range(0, count * Batch).Select(i => (long)((i * 37) + step) % examples.shape[0])];

            var (outputs, expected) = (onProcessor.Outputs(rows), byTorch.Outputs(rows));
            Near(expected, outputs);

            // The gradient of a squared error, so that later steps depend on what earlier ones learned.
            onProcessor.Learn((outputs - 1).contiguous());
            byTorch.Learn((expected - 1).contiguous());
            Near(other.Values.narrow(0, 0, count), stack.Values.narrow(0, 0, count));
        }

        Assert.True((stack.Values - before).abs().max().ToDouble() > 1e-3);
    }

    public void Dispose()
    {
        task.Dispose();
        scope.Dispose();
    }

    private static void Near(Tensor expected, Tensor actual) => Fixtures.Near(expected.flatten().data<float>().ToArray(), actual.flatten(), 1e-4);

    // Every second one learns its last layer alone.
    private StackMember Member(int k)
    {
        Recipe recipe = k % 2 == 0
            ? new IndependentTraining(new TargetArchitecture(), DataSource.Owner, new(1, 16), k)
            : new Obfuscations.FineTuning(Obfuscations.TrainedLayers.Last, new(1, 16), k);
        var draft = recipe.Prepare(task.Context($"member-{k}"));
        return new(new(recipe.Id, true, null, recipe), Perceptron.TryRead(draft.Network, task.Workshop.Probe, inTraining: true)!, draft.Training!);
    }
}
