using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Members that are trained together come out as if each were alone.</summary>
[Collection(TorchSession.Name)]
public sealed class StackedTrainingTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    // Batches that are not full, of other lengths for owner's and public data: 131 = 8·16 + 3, 97 = 6·16 + 1.
    private readonly SmallTask regression = SmallTask.Mlp(131, 97);
    private readonly SmallTask classification = SmallTask.Cnn();

    /// <summary>Lessons, data, lengths, rates and masks of every kind, all of one shape.</summary>
    private static Recipe[] OfTarget { get; } =
    [
        new IndependentTraining(new TargetArchitecture(), DataSource.Owner, new(3, 16), 0),
        new IndependentTraining(new TargetArchitecture(), DataSource.Public, new(2, 16, 5e-3), 1),
        new IndependentTraining(new TargetArchitecture(), DataSource.Irrelevant, new(1, 16), 2),
        new FineTuning(TrainedLayers.Last, new(2, 16), 0),
        new Retraining(TrainedLayers.All, new(4, 16), 1),
        new WeightPruning(0.5, PruningScope.Global, PruningCriterion.L1, new(2, 16)),
        new WeightPruning(0.3, PruningScope.PerLayer, PruningCriterion.Random, new(3, 16)),
        new Distillation(new TargetArchitecture(), new(2, 16), 4, 0),
    ];

    /// <summary>Students of two lengths whose lesson moves from the teacher's outputs to the targets, and one whose lesson stays.</summary>
    private static Recipe[] Annealed { get; } =
    [
        new Distillation(new Mlp([7, 9]), new(4, 24, 1e-2), 0, 0, Annealed: true),
        new Distillation(new Mlp([7, 9]), new(1, 24, 1e-2), 0, 1, Annealed: true),
        new Distillation(new Mlp([7, 9]), new(2, 24, 1e-2), 0, 2),
    ];

    private static Recipe[] OfTheZoo { get; } =
    [
        new IndependentTraining(new Mlp([7, 9]), DataSource.Owner, new(2, 24), 0),
        new IndependentTraining(new Mlp([7, 9]), DataSource.Irrelevant, new(3, 24, 1e-2), 1),
        new Distillation(new Mlp([7, 9]), new(2, 24), 4, 0),
        new Distillation(new Mlp([7, 9]), new(3, 24), 0, 1),
        new Distillation(new Mlp([7, 9]), new(1, 24), 1, 2),
    ];

    [Fact]
    public void Regressors_come_out_as_trained_alone() => ComeOutAsAlone(regression, OfTarget);

    [Fact]
    public void Regressors_of_the_zoo_come_out_as_trained_alone() => ComeOutAsAlone(regression, OfTheZoo);

    [Fact]
    public void Classifiers_come_out_as_trained_alone() => ComeOutAsAlone(classification, OfTheZoo);

    [Fact]
    public void Which_others_a_regressor_is_trained_with_makes_no_difference_to_a_single_bit() => NoDifference(regression, OfTarget);

    [Fact]
    public void Which_others_a_classifier_is_trained_with_makes_no_difference_to_a_single_bit() => NoDifference(classification, OfTheZoo);

    [Fact]
    public void Annealed_students_come_out_as_trained_alone() => ComeOutAsAlone(regression, Annealed);

    [Fact]
    public void Which_others_an_annealed_student_is_trained_with_makes_no_difference_to_a_single_bit() => NoDifference(regression, Annealed);

    [Theory]
    [InlineData(100)]
    [InlineData(33, 5)]
    [InlineData(100, 100, 100)]
    public void Nor_do_the_widths(params int[] hidden)
    {
        Recipe[] recipes = [.. Enumerable.Range(0, 5).Select(i => new IndependentTraining(new Mlp(hidden), i % 2 == 0 ? DataSource.Owner : DataSource.Public, new(1 + (i % 2)), i))];
        NoDifference(regression, recipes);
        NoDifference(classification, recipes);
    }

    [Fact]
    public void Pruned_weights_stay_zero_and_layers_that_are_not_learned_stay_as_they_are()
    {
        var networks = Train(regression, OfTarget);
        var target = regression.Target.Network;

        var (tuned, pruned) = (networks[3], networks[5]);
        Assert.Equal(Numbers(target, 0), Numbers(tuned, 0));
        Assert.NotEqual(Numbers(target, 2), Numbers(tuned, 2));
        Assert.Equal(24, pruned.Parameters.Where(parameter => parameter.IsWeight).Sum(parameter => parameter.Tensor.eq(0).sum().ToInt32()));
    }

    [Fact]
    public void A_member_that_diverges_is_named()
    {
        Recipe[] recipes = [.. OfTarget, new FineTuning(TrainedLayers.All, new(30, 16, 1e20), 7)];

        var error = Assert.Throws<UtafException>(() => Train(regression, recipes)).Diagnostic;

        Assert.Equal(("UTAF1403", recipes[^1].Id), (error.Code, error.Origin));
    }

    [Fact]
    public void A_long_training_leaves_no_tensors_behind()
    {
        long Live()
        {
            Train(regression, OfTarget).ForEach(network => network.Dispose());
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Live();

        Assert.Equal(Live(), Live());
    }

    [Fact]
    public void Dropout_keeps_a_perceptron_out_of_stacks()
    {
        using var network = new Network(
            new Mlp([4]),
            nn.Sequential(("0", nn.Linear(5, 4)), ("1", nn.ReLU()), ("2", nn.Dropout(0.5)), ("3", nn.Linear(4, 1))),
            OutputForm.Raw);

        Assert.NotNull(Perceptron.TryRead(network, regression.Workshop.Probe, inTraining: false));
        Assert.Null(Perceptron.TryRead(network, regression.Workshop.Probe, inTraining: true));
    }

    [Fact]
    public void Adam_is_PyTorchs_in_vectors_and_in_torchs_operations()
    {
        // 37 numbers: vectors and a rest.
        var start = randn(2, 48);
        var segment = new ParameterSegment(0, 37);
        using var inVectors = new StackedAdam(start.clone(), [1e-2, 1e-3]);
        var (alone, torch) = (new TorchSharp.Modules.Parameter(start[0, ..37].clone()), start.clone());
        using var byTorch = new StackedAdam(torch, [1e-2, 1e-3]);
        using var optimiser = optim.Adam([alone], 1e-2);
        for (var step = 1; step <= 5; step++)
        {
            var gradient = randn(2, 37);
            alone.grad = gradient[0].clone();
            optimiser.step();
            inVectors.Next();
            inVectors.StepRow(0, segment, gradient[0].data<float>().ToArray());
            inVectors.StepRow(1, segment, gradient[1].data<float>().ToArray());
            byTorch.Step([(segment, gradient)], (_, _) => true);
        }

        Fixtures.Near(alone.data<float>().ToArray(), inVectors.Values[0, ..37]);
        Fixtures.Near(inVectors.Values[.., ..37].flatten().data<float>().ToArray(), torch[.., ..37].flatten());
        Assert.Equal(start[.., 37..].flatten().data<float>().ToArray(), inVectors.Values[.., 37..].flatten().data<float>().ToArray());
    }

    public void Dispose()
    {
        regression.Dispose();
        classification.Dispose();
        scope.Dispose();
    }

    private static void ComeOutAsAlone(SmallTask task, Recipe[] recipes)
    {
        foreach (var (recipe, together) in recipes.Zip(Train(task, recipes)))
        {
            using var alone = task.Build(recipe, recipe.Id);
            foreach (var (mine, theirs) in together.Parameters.Zip(alone.Parameters))
            {
                Assert.InRange((mine.Tensor - theirs.Tensor).abs().max().ToDouble(), 0, 2e-4);
            }
        }
    }

    private static void NoDifference(SmallTask task, Recipe[] recipes)
    {
        var all = Train(task, recipes).Select(network => network.WeightsSha256()).ToList();
        var reversed = Train(task, [.. recipes.Reverse()]).Select(network => network.WeightsSha256()).Reverse();
        var alone = recipes.SelectMany(recipe => Train(task, [recipe])).Select(network => network.WeightsSha256());

        var inThrees = recipes.Chunk(3).SelectMany(some => Train(task, some)).Select(network => network.WeightsSha256());

        Assert.Equal(all, alone);
        Assert.Equal(all, reversed);
        Assert.Equal(all, inThrees);
        Assert.Equal(recipes.Length, all.Distinct().Count());
    }

    private static float[] Numbers(Network network, int parameter) => [.. network.Parameters[parameter].Tensor.detach().flatten().data<float>()];

    /// <summary>Trains all in one stack; the networks in the recipes' order.</summary>
    private static List<Network> Train(SmallTask task, IReadOnlyList<Recipe> recipes)
    {
        var members = recipes.Select(recipe =>
        {
            var draft = recipe.Prepare(task.Context(recipe.Id));
            return new StackMember(new(recipe.Id, true, null, recipe), Perceptron.TryRead(draft.Network, task.Workshop.Probe, inTraining: true)!, draft.Training!);
        }).ToList();
        using var training = new StackedTraining(members, task.Workshop.Task);
        var finished = new List<string>();
        training.Train(members, member => finished.Add(member.Member.Id), TestContext.Current.CancellationToken);
        Assert.Equal(recipes.Select(recipe => recipe.Id).Order(), finished.Order());
        members.ForEach(member => member.Training.Dispose());
        return [.. members.Select(member => member.Perceptron.Network)];
    }
}
