using TorchSharp;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Feature extractors as targets: their data, their training, and the whole way to a pair.</summary>
[Collection(TorchSession.Name)]
public sealed class EmbeddingTests : IDisposable
{
    private const int Inputs = 10;
    private const int Width = 6;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-embedding-").FullName;

    [Fact]
    public void Labels_are_classes_under_any_numbers_and_may_be_missing()
    {
        var task = new Embedding();
        var table = new DataTable([1], [1, 2, 3, 4], 1, [7, -2, 7, 100], "labels");

        Assert.Equal([1, 0, 1, 2], task.Targets(table).data<long>().ToArray());
        Assert.Equal([4, 0], task.Targets(table with { TargetWidth = 0, Targets = [] }).shape);
    }

    [Theory]
    [InlineData("UTAF1210", 1, 0f, 1.5f, 1f, 0f)]
    [InlineData("UTAF1213", 1, 0f, 1f, 2f, 3f)]
    [InlineData("UTAF1205", 1, 3f, 3f, 3f, 3f)]
    [InlineData("UTAF1206", 2, 0f, 1f, 0f, 1f, 0f, 1f, 0f, 1f)]
    public void Labels_that_are_no_classes_are_refused(string code, int width, params float[] labels) =>
        Assert.Equal(code, Fixtures.CodeOf(() => new Embedding().Check(new([1], new float[4], width, labels, "labels"), new([1], Width))));

    [Fact]
    public void Foreign_labels_are_kept_where_they_are_classes()
    {
        var owner = Clusters(40, 1);
        var foreign = new DataTable([1], new float[6], 1, [5, 5, 9, 9, 5, 5], "foreign");
        var (task, signature) = (new Embedding(), new ModelSignature([Inputs], Width));

        Assert.Equal(foreign.Targets, task.FitTargets(foreign, owner, signature).Targets);
        Assert.Equal(0, task.FitTargets(foreign with { Targets = [1, 2, 3, 4, 5, 6] }, owner, signature).TargetWidth);
        Assert.Equal(0, task.FitTargets(foreign with { Targets = [1, 1, 0.5f, 1, 0.5f, 1] }, owner, signature).TargetWidth);
        var unlabelled = new DataTable([3], [.. Enumerable.Range(0, 90).Select(i => (float)(i * i % 17))], 0, [], "unlabelled");
        Assert.Equal(0, EnsembleData.Prepare(owner, Clusters(40, 2), [unlabelled], null, task, signature, 1).Irrelevant[0].TargetWidth);
    }

    [Fact]
    public void Utility_is_the_accuracy_of_the_nearest_neighbour()
    {
        var features = tensor(new float[] { 0, 0.1f, 5, 5.1f, 0.3f }, 5, 1);
        Assert.Equal(0.8, new Embedding().Utility(features, tensor([0L, 0, 1, 1, 1]), OutputForm.Raw), 1e-6);
        Assert.True(double.IsNaN(new Embedding().Utility(features, zeros(5, 0), OutputForm.Raw)));
    }

    [Theory]
    [InlineData("mlp-20", DataSource.Owner)]
    [InlineData("mlp-20", DataSource.Public)]
    [InlineData("target", DataSource.Public)]
    public void Honest_features_with_labels_bring_classes_together(string name, DataSource source)
    {
        using var labelled = Labelled();
        var architecture = Zoo.Parse(name, labelled.Workshop.Architectures).Single();
        using var fresh = architecture.Build(labelled.Workshop.Architectures, new SeededRandom(1, "fresh"));
        using var trained = labelled.Build(new IndependentTraining(architecture, source, new(30, LearningRate: 3e-3), 0));

        var (before, after) = (Quality(labelled, fresh), Quality(labelled, trained));
        Assert.True(after > 0.8 && after > before + 0.1, $"{before} before, {after} after");
        Assert.Equal(fresh.Parameters.Select(parameter => parameter.Name), trained.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Honest_features_without_labels_hold_what_the_inputs_have_in_common()
    {
        // Six numbers cannot hold ten inputs, but they can hold which of five centres is near: then the noise is gone.
        using var bare = new TrainedTarget(new Embedding(), Unlabelled(300, 1), Unlabelled(300, 2), 20, Width, epochs: 5);
        var lesson = Assert.IsType<FeatureLearning>(bare.Workshop.HonestLesson(bare.Target.Network, bare.Workshop.Public));
        var recipe = new IndependentTraining(new Mlp([32]), DataSource.Public, new(40, LearningRate: 3e-3), 0);
        using var trained = bare.Build(recipe);
        using var fresh = new Mlp([32]).Build(bare.Workshop.Architectures, new SeededRandom(1, "fresh"));

        // The same new head for both, and only it learns: what differs is what the features hold.
        var (before, after) = (Explained(fresh), Explained(trained));
        Assert.True(after < before - 0.05, $"{before} of the inputs' variance is left unexplained with random features, {after} with learned ones");

        double Explained(Network network)
        {
            using var head = lesson.Start(network, bare.Workshop.Public, new SeededRandom(3, "head"));
            using var adam = new FusedAdam(head.Parameters, 1e-2);
            var (inputs, loss) = (bare.Workshop.Public.Inputs, 0.0);
            var features = network.Forward(inputs).detach();
            for (var step = 0; step < 200; step++)
            {
                using var inner = NewDisposeScope();
                var objective = head.Losses(features, inputs, bare.Workshop.Public.Targets).mean();
                objective.backward();
                adam.Step();
                loss = objective.ToDouble();
            }

            return loss;
        }
    }

    [Fact]
    public void Thieves_learn_the_targets_features()
    {
        using var labelled = Labelled();
        var wanted = labelled.Outputs(labelled.Target.Network);
        var length = new TrainingSettings(20, LearningRate: 2e-3);
        using var tuned = labelled.Build(new FineTuning(TrainedLayers.All, length, 0), "tuned");
        using var last = labelled.Build(new FineTuning(TrainedLayers.Last, length, 0), "last");
        using var retrained = labelled.Build(new Retraining(TrainedLayers.Last, length with { Epochs = 60 }, 0), "retrained");
        using var student = labelled.Build(new Distillation(new Mlp([40]), length with { Epochs = 60 }, 0, 0), "student");
        using var honest = labelled.Build(new IndependentTraining(new TargetArchitecture(), DataSource.Public, length, 0), "honest");

        // On clean inputs a copy would have nothing to learn, and the tuned ones would all be the target.
        Assert.All((Network[])[tuned, last], network => Assert.InRange(Unexplained(network), 1e-6, 0.1));
        Assert.InRange(Unexplained(retrained), 1e-6, 0.2);
        Assert.InRange(Unexplained(student), 1e-6, 0.2);
        Assert.True(Unexplained(honest) > 0.5, $"{Unexplained(honest)}");

        double Unexplained(Network network) => 1 - new Regression().Utility(labelled.Outputs(network), wanted, OutputForm.Raw);
    }

    [Fact]
    public void Networks_of_the_zoo_start_at_the_scale_of_the_targets_features()
    {
        using var labelled = Labelled();
        var scaling = labelled.Workshop.Architectures.Scaling;
        var features = Evaluation.Outputs(labelled.Target.Network, labelled.Workshop.Owner.Inputs);

        Fixtures.Near(scaling.OutputMean, features.mean([0L]), 1e-4);
        Fixtures.Near(scaling.OutputDeviation, features.std(0, unbiased: false), 1e-4);
    }

    [Fact]
    public void A_pair_tells_held_out_copies_of_a_feature_extractor_from_honest_ones()
    {
        using var labelled = Labelled();
        var plan = EnsemblePlan.Make(labelled.Target, labelled.Workshop.Task, labelled.Data, 5, "standard", new("mlp-24,mlp-40", 20, []));
        var folder = EnsembleFolder.Under(root, plan);
        EnsembleBuilder.BuildMissing(folder, labelled.Workshop, null, TestContext.Current.CancellationToken);
        var pair = PairConstruction.Construct(
            folder, labelled.Workshop, new("clusters", "1", labelled.Target.ArtifactSha256), new(Examples: 20), "0.1.0", null, TestContext.Current.CancellationToken);

        Assert.Equal(("embedding", Width), (pair.Manifest.Task, pair.Manifest.Output.Width));
        Assert.Contains(pair.Manifest.HeldOut.Members, member => member.Family == "distillation");
        Assert.Contains(pair.Manifest.HeldOut.Members, member => member.Family == "fine-tuning");
        Assert.True(pair.Manifest.HeldOut.Auc > 0.9, string.Join('\n', pair.Manifest.HeldOut.Members.Select(member => $"{member.Id} {member.Stolen} {member.MatchingRate:0.000}")));
    }

    [Fact]
    public void Recipes_of_extractors_know_which_of_them_are_trained_together()
    {
        using var labelled = Labelled();

        StackedLessons.AreForetold(EnsemblePlan.Make(labelled.Target, labelled.Workshop.Task, labelled.Data, 5, "quick", new("mlp-16", 1, [])), labelled.Workshop);
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Five classes around centres of ten numbers.</summary>
    private static DataTable Clusters(int count, ulong seed)
    {
        var centres = new SeededRandom(9, "centres");
        float[][] at = [.. Enumerable.Range(0, 5).Select(_ => Enumerable.Range(0, Inputs).Select(_ => (float)centres.NextNormal()).ToArray())];
        var random = new SeededRandom(seed, "clusters");
        int[] classes = [.. Enumerable.Range(0, count).Select(i => i % 5)];
        float[] inputs = [.. classes.SelectMany(label => at[label].Select(centre => centre + (float)(0.7 * random.NextNormal())))];
        return new([Inputs], inputs, 1, [.. classes.Select(label => (float)label)], "clusters");
    }

    private static DataTable Unlabelled(int count, ulong seed) => Clusters(count, seed) with { TargetWidth = 0, Targets = [] };

    private static TrainedTarget Labelled() => new(new Embedding(), Clusters(300, 1), Clusters(300, 2), 20, Width);

    private static double Quality(TrainedTarget target, Network network) =>
        target.Workshop.Task.Utility(target.Outputs(network), target.Workshop.Public.Targets, OutputForm.Raw);
}
