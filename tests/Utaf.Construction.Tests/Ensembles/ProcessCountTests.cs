using TorchSharp;
using Utaf.Models;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class ProcessCountTests
{
    private const long Gigabyte = 1 << 30;

    [Theory]
    [InlineData(40, 2, 1, 2)]
    [InlineData(40, 16, 1, 10)]
    [InlineData(400, 16, 1, 16)]
    [InlineData(400, 16, 4, 4)]
    [InlineData(400, 2, 4, 1)]
    [InlineData(7, 16, 1, 1)]
    [InlineData(8, 16, 1, 2)]
    [InlineData(0, 16, 1, 1)]
    public void There_is_a_process_for_each_processor_that_has_work(int alone, int processors, int threads, int expected) =>
        Assert.Equal(expected, ProcessCount.Best(alone, processors, threads, Gigabyte, 64 * Gigabyte));

    [Theory]
    [InlineData(64, 8)]
    [InlineData(7, 3)]
    [InlineData(1, 1)]
    public void Memory_bounds_their_number(int gigabytes, int expected) =>
        Assert.Equal(expected, ProcessCount.Best(400, 8, 1, 2 * Gigabyte, gigabytes * Gigabyte));

    [Fact]
    public void Recipes_know_which_perceptrons_are_trained_together()
    {
        using var scope = NewDisposeScope();
        using var task = SmallTask.Mlp();

        StackedLessons.AreForetold(EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 5, "quick", new("mlp-16", 1, [])), task.Workshop);
    }

    [Fact]
    public void Perceptrons_need_one_process_and_convolutional_networks_one_for_each_processor()
    {
        using var scope = NewDisposeScope();
        using var perceptrons = SmallTask.Mlp();
        using var convolutional = SmallTask.Cnn();

        Assert.Equal(1, Best(perceptrons, CPU));
        Assert.Equal(Environment.ProcessorCount, Best(convolutional, CPU));
        Assert.Equal(1, Best(convolutional, new Device(DeviceType.CUDA, 0)));

        static int Best(SmallTask task, Device device)
        {
            var many = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(i => new IndependentTraining(new TargetArchitecture(), DataSource.Owner, new(1), i));
            var plan = task.Plan([.. many.Select(recipe => new Member(recipe.Id, Stolen: false, Parent: null, recipe))]);
            return ProcessCount.For(plan, plan.Members, task.Target, task.Data, device, threads: 1);
        }
    }
}
