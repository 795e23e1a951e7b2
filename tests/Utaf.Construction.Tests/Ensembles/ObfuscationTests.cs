using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class ObfuscationTests : IDisposable
{
    private static readonly TrainingSettings None = new(0);
    private static readonly TrainingSettings Short = new(2, 32);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask mlp = SmallTask.Mlp();
    private readonly SmallTask cnn = SmallTask.Cnn();

    public static TheoryData<double, PruningScope, PruningCriterion, int> Prunings() =>
    [
        .. from ratio in (double[])[0.1, 0.5, 0.9]
           from scope in Enum.GetValues<PruningScope>()
           from criterion in Enum.GetValues<PruningCriterion>()
           from epochs in (int[])[0, 2]
           select (ratio, scope, criterion, epochs),
    ];

    [Theory]
    [MemberData(nameof(Prunings))]
    public void Weight_pruning_zeroes_the_ratio_of_the_weights_and_they_stay_zero(double ratio, PruningScope pruningScope, PruningCriterion criterion, int epochs)
    {
        using var pruned = cnn.Build(new WeightPruning(ratio, pruningScope, criterion, Short with { Epochs = epochs }));
        var weights = pruned.Parameters.Where(parameter => parameter.IsWeight).ToList();

        long Zeros(Tensor tensor) => tensor.eq(0).sum().ToInt64();
        Assert.Equal((long)Math.Round(ratio * weights.Sum(weight => weight.Tensor.numel())), weights.Sum(weight => Zeros(weight.Tensor)), Tolerance(pruningScope, weights.Count));
        if (pruningScope == PruningScope.PerLayer)
        {
            Assert.All(weights, weight => Assert.Equal((long)Math.Round(ratio * weight.Tensor.numel()), Zeros(weight.Tensor)));
        }

        Assert.Equal(0, pruned.Parameters.Where(parameter => !parameter.IsWeight).Sum(parameter => Zeros(parameter.Tensor)));
        Assert.Equal(epochs > 0, !Equal(pruned, cnn.Target.Network, "fc.bias"));

        // Each layer rounds on its own.
        static long Tolerance(PruningScope scope, int layers) => scope == PruningScope.Global ? 0 : layers;
    }

    [Fact]
    public void Weight_pruning_by_magnitude_removes_the_smallest()
    {
        using var pruned = mlp.Build(new WeightPruning(0.4, PruningScope.Global, PruningCriterion.L1, None));
        var before = cat([.. Weights(mlp.Target.Network)]).abs();
        var kept = cat([.. Weights(pruned)]).ne(0);

        Assert.True(before.masked_select(kept).min().ToSingle() > before.masked_select(kept.logical_not()).max().ToSingle());
    }

    [Fact]
    public void Weights_of_equal_magnitude_are_not_all_removed_with_the_first_of_them()
    {
        // As after quantisation.
        Network Constant()
        {
            var network = mlp.Target.Copy();
            using var noGradient = no_grad();
            network.Parameters.First(parameter => parameter.IsWeight).Tensor.fill_(0.5);
            return network;
        }

        using var pruned = new WeightPruning(0.5, PruningScope.PerLayer, PruningCriterion.L1, None).Build(mlp.Context(parent: Constant));

        Assert.Equal(20, pruned.Parameters[0].Tensor.eq(0).sum().ToInt64());
    }

    [Theory]
    [InlineData(1 / 16.0, 0, 0)]
    [InlineData(4 / 16.0, 1, 2)]
    [InlineData(8 / 16.0, 2, 4)]
    [InlineData(15 / 16.0, 3, 7)]
    public void Filter_pruning_removes_whole_filters_with_their_bias_and_norm_and_leaves_one_at_least(double ratio, int first, int second)
    {
        foreach (var criterion in Enum.GetValues<PruningCriterion>())
        {
            foreach (var epochs in (int[])[0, 2])
            {
                using var pruned = cnn.Build(new FilterPruning(ratio, criterion, Short with { Epochs = epochs }));

                foreach (var (layer, removed) in new[] { ("1", first), ("2", second) })
                {
                    var gone = Of(pruned, $"conv{layer}.weight").flatten(1).abs().sum(1).eq(0);
                    Assert.Equal(removed, gone.sum().ToInt64());
                    foreach (var name in new[] { $"conv{layer}.bias", $"bn{layer}.weight", $"bn{layer}.bias" })
                    {
                        Assert.True(Of(pruned, name).eq(0).eq(gone).all().ToBoolean(), $"{name} at {ratio}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_removed_filters_channel_is_silent()
    {
        using var pruned = cnn.Build(new FilterPruning(0.5, PruningCriterion.L1, None));
        var inputs = randn(8, 1, 8, 8);
        var before = pruned.Forward(inputs);

        // Whatever the classifier makes of the removed channels of the last convolution is unheard.
        using (no_grad())
        {
            var gone = Of(pruned, "bn2.weight").eq(0);
            Of(pruned, "fc.weight").add_(gone.to_type(ScalarType.Float32) * 100);
        }

        Assert.True(before.allclose(pruned.Forward(inputs)));
    }

    [Fact]
    public void Filters_of_equal_importance_are_not_all_removed()
    {
        Network Constant()
        {
            var network = cnn.Target.Copy();
            using var noGradient = no_grad();
            Of(network, "conv2.weight").fill_(0.1);
            return network;
        }

        using var pruned = new FilterPruning(0.25, PruningCriterion.L1, None).Build(cnn.Context(parent: Constant));

        Assert.Equal(2, Of(pruned, "conv2.weight").flatten(1).abs().sum(1).eq(0).sum().ToInt64());
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void A_perturbed_copy_keeps_its_share_of_each_weight_and_gets_noise_of_the_layers_own_size(double share)
    {
        using var changed = cnn.Build(new ShrinkPerturb(share, None));

        foreach (var (before, after) in cnn.Target.Network.Parameters.Zip(changed.Parameters).Where(pair => pair.First.IsWeight))
        {
            var size = before.Tensor.square().mean().sqrt().ToDouble();
            var noise = (after.Tensor - (before.Tensor * (1 - share))) / (share * size);

            // Of N(0, 1), within some five deviations of what so many draws give.
            var count = (double)noise.numel();
            Assert.InRange(noise.mean().ToDouble(), -5 / Math.Sqrt(count), 5 / Math.Sqrt(count));
            Assert.InRange(noise.square().mean().ToDouble(), 1 - (7 / Math.Sqrt(count)), 1 + (7 / Math.Sqrt(count)));
        }

        Assert.All(changed.Parameters.Where(parameter => !parameter.IsWeight), parameter => Assert.True(Equal(changed, cnn.Target.Network, parameter.Name), parameter.Name));
    }

    [Fact]
    public void A_perturbed_copy_learns_again_with_everything_it_has()
    {
        using var bare = mlp.Build(new ShrinkPerturb(0.35, None));
        using var trained = mlp.Build(new ShrinkPerturb(0.35, Short));

        Assert.All(trained.Parameters, parameter => Assert.False(Equal(trained, bare, parameter.Name), parameter.Name));
        Assert.True(Loss(mlp, trained) < Loss(mlp, bare));
    }

    public static TheoryData<Recipe> LastLayerOnly() => [new FineTuning(TrainedLayers.Last, Short, 0), new Retraining(TrainedLayers.Last, Short, 0)];

    [Theory]
    [MemberData(nameof(LastLayerOnly))]
    public void The_last_layer_alone_changes_and_batch_norms_statistics_stay(Recipe recipe)
    {
        using var changed = cnn.Build(recipe);

        foreach (var name in Names(changed))
        {
            Assert.Equal(!name.StartsWith("fc.", StringComparison.Ordinal), Equal(changed, cnn.Target.Network, name));
        }
    }

    public static TheoryData<Recipe> AllLayers() => [new FineTuning(TrainedLayers.All, Short, 0), new Retraining(TrainedLayers.All, Short, 0), new ShrinkPerturb(0.2, Short)];

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void All_layers_change_and_batch_norms_statistics_with_them(Recipe recipe)
    {
        using var changed = cnn.Build(recipe);

        Assert.All(Names(changed), name => Assert.False(Equal(changed, cnn.Target.Network, name), name));
    }

    [Theory]
    [InlineData(TrainedLayers.Last)]
    [InlineData(TrainedLayers.All)]
    public void Retraining_starts_from_a_fresh_last_layer(TrainedLayers layers)
    {
        using var changed = cnn.Build(new Retraining(layers, None, 0));

        Assert.All(Names(changed), name => Assert.Equal(!name.StartsWith("fc.", StringComparison.Ordinal), Equal(changed, cnn.Target.Network, name)));
    }

    [Fact]
    public void Fine_tuning_lowers_the_loss_on_the_thiefs_data()
    {
        using var tuned = mlp.Build(new FineTuning(TrainedLayers.All, new(20, 32, 1e-2), 0));

        Assert.True(Loss(mlp, tuned) < 0.5 * Loss(mlp, mlp.Target.Network));
    }

    [Fact]
    public void A_regressors_student_comes_close_to_its_teacher()
    {
        using var student = mlp.Build(new Distillation(new Mlp([32]), new(60, 16, 1e-2), 4, 0));
        var teacher = mlp.Target.Network.Forward(mlp.Workshop.Public.Inputs);

        Assert.Equal("mlp-32", student.Architecture.Id);
        var error = (student.Forward(mlp.Workshop.Public.Inputs) - teacher).square().mean().ToDouble();
        Assert.InRange(error, 0, 0.1 * teacher.var().ToDouble());
    }

    [Fact]
    public void A_classifiers_student_of_another_architecture_agrees_with_its_teacher()
    {
        using var student = cnn.Build(new Distillation(new Mlp([100]), new(60, 32, 3e-3), 4, 0));
        var inputs = cnn.Workshop.Public.Inputs;

        var agreement = student.Forward(inputs).argmax(1).eq(cnn.Target.Network.Forward(inputs).argmax(1)).to_type(ScalarType.Float32).mean().ToSingle();
        Assert.InRange(agreement, 0.9f, 1f);
    }

    [Fact]
    public void An_independent_model_of_the_targets_architecture_learns_its_data_from_fresh_weights()
    {
        using var network = mlp.Build(new IndependentTraining(new TargetArchitecture(), DataSource.Owner, new(60, 16, 1e-2), 0));

        Assert.All(Names(network), name => Assert.False(Equal(network, mlp.Target.Network, name)));
        Assert.InRange(mlp.Workshop.Task.Utility(network.Forward(mlp.Workshop.Owner.Inputs), mlp.Workshop.Owner.Targets, network.Form), 0.9, 1);
    }

    public static TheoryData<Recipe> Every() =>
    [
        new WeightPruning(0.5, PruningScope.PerLayer, PruningCriterion.Random, Short),
        new FilterPruning(0.5, PruningCriterion.Random, Short),
        new FineTuning(TrainedLayers.All, Short, 0),
        new Retraining(TrainedLayers.Last, Short, 0),
        new ShrinkPerturb(0.35, Short),
        new Distillation(new SmallConvNet([4, 8]), Short, 4, 0),
        new Distillation(new SqueezeNet(16, 4), Short, 4, 0),
        new Distillation(new AlexNet(16), Short, 4, 0),
        new IndependentTraining(new DenseNet161(16, 4), DataSource.Public, Short, 0),
        new IndependentTraining(new Vgg16(16, 3), DataSource.Public, Short, 0),
        new IndependentTraining(new TargetArchitecture(), DataSource.Public, Short, 0),
        new IndependentTraining(new Mlp([8]), DataSource.Irrelevant, Short, 0),
    ];

    [Theory]
    [MemberData(nameof(Every))]
    public void A_member_depends_on_its_seed_and_id_alone(Recipe recipe)
    {
        using var first = cnn.Build(recipe);
        using (cnn.Build(new FineTuning(TrainedLayers.Last, Short, 0), "another before it"))
        {
            manual_seed(123);
        }

        using var second = cnn.Build(recipe);
        using var other = cnn.Build(recipe, "another id");

        Assert.Equal(first.WeightsSha256(), second.WeightsSha256());
        Assert.NotEqual(first.WeightsSha256(), other.WeightsSha256());
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void The_target_itself_is_left_as_it_was(Recipe recipe)
    {
        var before = cnn.Target.Network.WeightsSha256();

        using var network = cnn.Build(recipe);

        Assert.Equal(before, cnn.Target.Network.WeightsSha256());
        Assert.All(cnn.Target.Network.Parameters, parameter => Assert.False(parameter.Tensor.requires_grad));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_member_is_in_eval_mode_when_it_is_finished(Recipe recipe)
    {
        using var network = cnn.Build(recipe);
        var inputs = randn(4, 1, 8, 8);
        var before = network.WeightsSha256();

        Assert.True(network.Forward(inputs).eq(network.Forward(inputs)).all().ToBoolean());
        Assert.Equal(before, network.WeightsSha256());
    }

    [Fact]
    public void Data_that_makes_the_loss_NaN_is_an_error_that_names_the_member()
    {
        using (no_grad())
        {
            mlp.Workshop.Public.Inputs[3, 2] = float.NaN;
        }

        var error = Assert.Throws<UtafException>(() => mlp.Build(new FineTuning(TrainedLayers.All, Short, 0), "ftal-2-0")).Diagnostic;

        Assert.Equal(("UTAF1403", "ftal-2-0"), (error.Code, error.Origin));
    }

    [Fact]
    public void A_learning_rate_that_diverges_is_an_error_that_names_the_member()
    {
        var error = Assert.Throws<UtafException>(() => mlp.Build(new FineTuning(TrainedLayers.All, new(60, 16, 1e18), 0), "ftal-60-0")).Diagnostic;

        Assert.Equal(("UTAF1403", "ftal-60-0"), (error.Code, error.Origin));
    }

    public void Dispose()
    {
        mlp.Dispose();
        cnn.Dispose();
        scope.Dispose();
    }

    private static Tensor Of(Network network, string name) => network.Parameters.Concat(network.Buffers).First(named => named.Name == name).Tensor;

    private static IEnumerable<string> Names(Network network) => network.Parameters.Concat(network.Buffers).Select(named => named.Name);

    private static bool Equal(Network first, Network second, string name) => Of(first, name).eq(Of(second, name)).all().ToBoolean();

    private static IEnumerable<Tensor> Weights(Network network) => network.Parameters.Where(parameter => parameter.IsWeight).Select(weight => weight.Tensor.flatten());

    private static double Loss(SmallTask task, Network network) =>
        task.Workshop.Task.Losses(network.Forward(task.Workshop.Public.Inputs), task.Workshop.Public.Targets, network.Form).mean().ToDouble();
}
