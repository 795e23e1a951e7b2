using TorchSharp;
using Utaf.Ensembles.Costs;
using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>What an ensemble will take: how the numbers hang together. How right the times are, docs/sharding.md tells: another test would measure what else the machine does.</summary>
[Collection(TorchSession.Name)]
public sealed class CostModelTests : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(0.25);

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask regression = SmallTask.Mlp(131, 97);
    private readonly SmallTask classification = SmallTask.Cnn();

    [Fact]
    public void Every_missing_member_is_counted_once_with_the_steps_of_its_plan()
    {
        var plan = regression.Plan(
            Negative(new(new Mlp([100]), DataSource.Owner, new(3), 0)),
            Negative(new(new Mlp([100]), DataSource.Public, new(2), 1)),
            Positive(new FineTuning(TrainedLayers.Last, new(5, 32), 0)),
            Positive(new WeightPruning(0.5, PruningScope.Global, PruningCriterion.L1, new(0))));

        var estimate = Estimate(regression, plan, plan.Members);

        // 131 examples are three batches of 64; 97 are two, or with a last one of a single example left out three of 32.
        Assert.Equal(
            [("mlp-100, together", 2, (3 * 3) + (2 * 2)), ("target, not trained", 1, 0), ("target, together", 1, 5 * 3)],
            estimate.Kinds.Select(kind => (kind.Kind, kind.Members, (int)kind.Steps)).Order());
        Assert.All(estimate.Kinds, kind => Assert.True(kind.Seconds > 0 && kind.Stacked == kind.SecondsPerStep > 0));
        Assert.InRange(estimate.Seconds, Start.TotalSeconds + estimate.Kinds.Sum(kind => kind.Seconds) - 1e-9, 600);
        Assert.InRange(estimate.PeakMemoryBytes, 50_000_000, 100_000_000_000);
    }

    [Fact]
    public void Ten_times_the_epochs_are_ten_times_the_steps()
    {
        Assert.Equal(10 * Steps(3), Steps(30));

        long Steps(int epochs)
        {
            var plan = classification.Plan(Negative(new(new SmallConvNet([4, 8]), DataSource.Owner, new(epochs), 0)), Positive(new Distillation(new Mlp([9]), new(epochs), 4, 0)));
            return Estimate(classification, plan, plan.Members).Kinds.Sum(kind => kind.Steps);
        }
    }

    [Fact]
    public void Networks_that_are_trained_alone_are_told_apart_by_what_they_learn()
    {
        var first = Positive(new FineTuning(TrainedLayers.All, new(2), 0));
        var plan = classification.Plan(
            first,
            new("chain", Stolen: true, first.Id, new FilterPruning(0.25, PruningCriterion.L1, new(1))),
            Positive(new Retraining(TrainedLayers.Last, new(2), 0)),
            Positive(new Distillation(new SmallConvNet([4, 8]), new(2), 0, 0)),
            Negative(new(new TargetArchitecture(), DataSource.Irrelevant, new(2), 0)));

        var estimate = Estimate(classification, plan, plan.Members);

        Assert.Equal(
            ["convnet-4-8, taught by the target 1", "target, all layers 2", "target, filters pruned 1", "target, last layer 1"],
            estimate.Kinds.Select(kind => $"{kind.Kind} {kind.Members}").Order(StringComparer.Ordinal));
        Assert.All(estimate.Kinds, kind => Assert.True(!kind.Stacked && kind.SecondsPerStep > 0));
    }

    [Fact]
    public void What_is_built_costs_nothing()
    {
        var plan = regression.Plan(Negative(new(new Mlp([100]), DataSource.Owner, new(3), 0)), Negative(new(new Mlp([10]), DataSource.Owner, new(3), 0)));

        Assert.Equal("mlp-10, together", Assert.Single(Estimate(regression, plan, [plan.Members[1]]).Kinds).Kind);
        var complete = Estimate(regression, plan, []);
        Assert.Empty(complete.Kinds);
        Assert.Equal(Start.TotalSeconds, complete.Seconds);
    }

    [Fact]
    public void Two_processes_need_the_memory_of_both()
    {
        var plan = classification.Plan([.. Enumerable.Range(0, 4).Select(i => Negative(new(new SmallConvNet([4, 8]), DataSource.Owner, new(2), i)))]);

        var one = Estimate(classification, plan, plan.Members);
        var two = Estimate(classification, plan, [.. plan.Members.Take(2)], [.. plan.Members.Skip(2)]);

        Assert.Equal((1, 2), (one.Processes, two.Processes));
        Assert.Equal(one.Kinds.Sum(kind => kind.Members), two.Kinds.Sum(kind => kind.Members));
        Assert.True(two.PeakMemoryBytes > 1.5 * one.PeakMemoryBytes);
    }

    [Fact]
    public void Members_that_are_trained_one_after_the_other_need_memory_for_one()
    {
        var data = classification.Data with { Irrelevant = [SmallTask.Table([1, 8, 8], 60, "other", 4)] };
        Member[] members = [.. Enumerable.Range(0, 20).Select(i => Negative(new(new SmallConvNet([4, 8]), DataSource.Irrelevant, new(2), i)))];

        // 60 images of 64 numbers and their labels, once.
        Assert.Equal((60 * 64 * 4) + (60 * 8), Alive(classification, data, [.. members.Take(1)]));
        Assert.Equal(Alive(classification, data, [.. members.Take(1)]), Alive(classification, data, members));
    }

    [Fact]
    public void Members_that_wait_for_their_stacks_need_memory_for_as_many_as_wait()
    {
        Member[] members = [.. Enumerable.Range(0, 2 * EnsembleBuilder.MostWaiting).Select(i => Negative(new(new Mlp([10]), DataSource.Irrelevant, new(2), i)))];

        var one = Alive(regression, regression.Data, [.. members.Take(1)]);
        var half = Alive(regression, regression.Data, [.. members.Take(EnsembleBuilder.MostWaiting)]);

        // Inputs are shared and lie in the stacks' data once; of each member there are the targets of its random rule, twice, and its network.
        const int inputs = 97 * 5 * 4;
        const int targets = 97 * 8;
        Assert.InRange(one, inputs + (2 * targets) + 1, inputs + (2 * targets) + 4000);
        Assert.Equal((one - inputs) * EnsembleBuilder.MostWaiting, half - inputs);
        Assert.Equal(half, Alive(regression, regression.Data, members));
    }

    [Fact]
    public void Data_that_members_share_is_counted_once_and_their_own_for_each()
    {
        var given = regression.Data with { Irrelevant = [SmallTask.Table([5], 50, "other", 0)] };
        var tables = new DataBytes(given, regression.Workshop.Task, 1);
        Member[] shared = [.. Enumerable.Range(0, 3).Select(i => Negative(new(new Mlp([10]), DataSource.Owner, new(2), i)))];
        Member[] own = [.. Enumerable.Range(0, 3).Select(i => Negative(new(new Mlp([10]), DataSource.Irrelevant, new(2), i)))];
        var student = Positive(new Distillation(new Mlp([10]), new(2), 0, 0));

        Assert.All(shared, member => Assert.Equal(0, tables.Own(member)));
        Assert.All(own, member => Assert.Equal(50 * ((5 * 4) + 8), tables.Own(member)));
        Assert.Equal(131 * ((5 * 4) + 8), tables.Pooled(shared));
        Assert.Equal(3 * 50 * ((5 * 4) + 8), tables.Pooled(own));
        Assert.Equal(97 * ((5 * 4) + 4), tables.Pooled([student]));
        Assert.Equal((131 * ((5 * 4) + 8)) + (97 * ((5 * 4) + 8 + 4)), tables.Shared);
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        var plan = EnsemblePlan.Make(classification.Target, classification.Workshop.Task, classification.Data, 5, "quick", new(null, 1, []));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        _ = Estimate(classification, plan, plan.Members);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    public void A_stack_is_faster_with_each_member_that_leaves_it(int least, int ofTheLast)
    {
        var pace = new StackPace(Fixed: 2, PerMember: 1, least);

        // Ten steps of three members, ten more of two, and five of the last one: by torch's operations its stack still has two
        // rows, while our own products on the processor leave the companion out.
        Assert.Equal((10 * 5) + (10 * 4) + (5 * ofTheLast), pace.Seconds([20, 10, 25]));
        Assert.Equal(0, pace.Seconds([]));
    }

    [Fact]
    public void A_stack_computes_a_companion_only_where_torch_does_the_products()
    {
        Assert.Equal(Products.IsFast ? 1 : 2, StackSize.Least(CPU));

        // Stands for a GPU, which this machine may not have.
        Assert.Equal(2, StackSize.Least(META));
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(1, 16)]
    [InlineData(8, 7)]
    public void Stacks_are_taken_up_by_the_processor_that_is_free_first(int processors, double span) =>
        Assert.Equal(span, StackPace.Makespan([4, 7, 2, 3], processors));

    public void Dispose()
    {
        regression.Dispose();
        classification.Dispose();
        scope.Dispose();
    }

    private static CostEstimate Estimate(SmallTask task, EnsemblePlan plan, params IReadOnlyList<Member>[] parts) =>
        CostModel.Estimate(plan, parts, task.Target, task.Workshop.Task, task.Data, CPU, Start, TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);

    private static long Alive(SmallTask task, EnsembleData data, IReadOnlyList<Member> members)
    {
        var plan = task.Plan([.. members]);
        using var timings = new MemberTimings(plan, members, task.Target, task.Workshop.Task, data, CPU, TimeSpan.FromSeconds(0.1), TestContext.Current.CancellationToken);
        return new PartCost(timings, members, 2).AliveBytes;
    }

    private static Member Positive(Recipe recipe) => new(recipe.Id, Stolen: true, Parent: null, recipe);

    private static Member Negative(IndependentTraining recipe) => new(recipe.Id, Stolen: false, Parent: null, recipe);
}
