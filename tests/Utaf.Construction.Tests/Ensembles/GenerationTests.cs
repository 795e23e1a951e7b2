using TorchSharp;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Generators as targets: their data, their training, and the whole way to a pair.</summary>
[Collection(TorchSession.Name)]
public sealed class GenerationTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-generation-").FullName;

    [Fact]
    public void Real_samples_become_the_targets_of_latent_vectors()
    {
        using var target = Target();
        var bars = Bars(100, 1);
        var table = Generation.Table(bars, target, "owner", 5);

        Assert.Equal([8, 1, 1], table.InputShape);
        Assert.Equal(bars.Inputs, table.Targets);
        Assert.InRange(table.Inputs.Average(), -0.15, 0.15);
        Assert.InRange(table.Inputs.Average(value => value * value), 0.8, 1.2);
        Assert.Equal(table.Sha256(), Generation.Table(bars, target, "owner", 5).Sha256());
        Assert.NotEqual(table.Inputs, Generation.Table(bars, target, "public", 5).Inputs);
    }

    [Fact]
    public void Pixels_from_zero_to_one_are_stretched_to_a_Tanh_generators_range_and_others_refused()
    {
        using var target = Target();
        var bars = Bars(50, 1);
        var pixels = bars with { Inputs = [.. bars.Inputs.Select(value => Math.Clamp((value + 1) / 2, 0, 1))] };
        var bytes = pixels with { Inputs = [.. pixels.Inputs.Select(value => value * 255)] };

        Assert.Equal([.. pixels.Inputs.Select(value => (2 * value) - 1)], Generation.Table(pixels, target, "owner", 1).Targets);
        Assert.Equal("UTAF1206", Fixtures.CodeOf(() => Generation.Table(bytes, target, "owner", 1)));
        Assert.Equal("UTAF1206", Fixtures.CodeOf(() => Generation.Table(new([1, 4, 4], new float[160], 0, [], "small"), target, "owner", 1)));
    }

    [Fact]
    public void Data_for_a_Tanh_is_refused_where_the_generator_ends_in_Sigmoid()
    {
        using var target = Sigmoid();
        var bars = Bars(50, 1);
        var pixels = bars with { Inputs = [.. bars.Inputs.Select(value => Math.Clamp((value + 1) / 2, 0, 1))] };
        var error = Assert.Throws<UtafException>(() => Generation.Table(bars, target, "owner", 1)).Diagnostic;

        Assert.Equal(("UTAF1215", "bars"), (error.Code, error.Origin));
        Assert.Contains("(x + 1) / 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(pixels.Inputs, Generation.Table(pixels, target, "owner", 1).Targets);

        static TargetModel Sigmoid()
        {
            using var network = Fresh();
            return TargetModel.FromNetwork(network, Fresh, new([8, 1, 1], 64));
        }

        static Network Fresh() => new(
            new TargetArchitecture(), nn.Sequential(("0", nn.Flatten()), ("1", nn.Linear(8, 64)), ("2", nn.Sigmoid())), OutputForm.Raw);
    }

    [Fact]
    public void A_text_tables_last_column_belongs_to_the_sample()
    {
        using var target = Target();
        var bars = Bars(20, 1);
        var rows = bars.Inputs.Chunk(64).ToList();
        var read = new DataTable([63], [.. rows.SelectMany(row => row[..63])], 1, [.. rows.Select(row => row[63])], "samples.csv");

        Assert.Equal(bars.Inputs, Generation.Table(read, target, "owner", 1).Targets);
    }

    [Fact]
    public void A_latent_shape_that_the_generator_does_not_take_is_an_error_that_names_the_option()
    {
        var error = Assert.Throws<UtafException>(() => Generation.Load(Fixtures.PathOf("gan-scripted.pt"), [5])).Diagnostic;

        Assert.Equal("UTAF1106", error.Code);
        Assert.Contains("--input-shape", error.Message, StringComparison.Ordinal);
        Assert.Equal("UTAF1108", Fixtures.CodeOf(() => Generation.Load(Fixtures.PathOf("frozen.pt"), null)));
    }

    [Theory]
    [InlineData("dcgan-4", 1e-3)]
    [InlineData("fcgan-1", 3e-4)]
    public void A_GAN_learns_the_samples(string name, double rate)
    {
        using var workshop = Workshop();
        var architecture = Zoo.Parse(name, workshop.Architectures).Single();
        using var fresh = architecture.Build(workshop.Architectures, new SeededRandom(1, "fresh"));

        // How far a small GAN comes depends on its draw, and on a processor's last bits: one of four may collapse, or two.
        double[] learned = [.. Enumerable.Range(0, 4).Select(draw => Learned($"gan-{draw}")).OrderDescending()];

        Assert.InRange(learned[1], Quality(fresh) + 0.1, 1);

        double Learned(string id)
        {
            using var network = new IndependentTraining(architecture, DataSource.Owner, new(40, LearningRate: rate), 0).Build(Context(workshop, id));
            Assert.All(network.Parameters, parameter => Assert.True(parameter.Tensor.isfinite().all().ToBoolean()));
            return Quality(network);
        }

        double Quality(Network generator) => workshop.Task.Utility(Evaluation.Outputs(generator, workshop.Owner.Inputs), workshop.Owner.Targets, OutputForm.Raw);
    }

    [Fact]
    public void A_student_of_few_images_knows_latent_vectors_that_it_never_saw()
    {
        using var workshop = Workshop(examples: 128);
        var settings = new TrainingSettings(150);
        var recipe = new Obfuscations.Distillation(new FcGan(1), settings, 0, 0);
        using var student = recipe.Build(Context(workshop, "student"));
        using var again = recipe.Build(Context(workshop, "student"));

        // The same student, but taught on the table's latent vectors alone.
        using var narrow = new FcGan(1).Build(workshop.Architectures, new SeededRandom(5, "student"));
        var ofTable = workshop.TeacherOutputs("target", workshop.Target.Network);
        using var training = new MemberTraining(
            narrow.Parameters, workshop.Public with { Targets = ofTable }, OwnsData: false, new Imitation(narrow.Form, OutputForm.Raw, 0), settings, [], new SeededRandom(5, "narrow"));
        Trainer.Train(narrow, training, workshop.Task, "narrow", TestContext.Current.CancellationToken);

        Assert.Equal(student.WeightsSha256(), again.WeightsSha256());
        var unseen = new SeededRandom(9, "unseen").Normal([512, 8, 1, 1]);
        var expected = Evaluation.Outputs(workshop.Target.Network, unseen);
        Assert.InRange(Error(student), 0, 0.8 * Error(narrow));

        double Error(Network network) => (Evaluation.Outputs(network, unseen) - expected).square().mean().ToDouble();
    }

    [Theory]
    [InlineData(1, 86)]
    [InlineData(90, 90)]
    public void A_plan_lets_students_draw_16384_latent_vectors_at_least(int asked, int epochs)
    {
        // 130 images are two batches of 64 and one of 2, which a student fills up: 192 latent vectors in an epoch.
        using var workshop = Workshop(examples: 130);
        var plan = EnsemblePlan.Make(workshop.Target, workshop.Task, workshop.Data, 5, "standard", new("fcgan-1,dcgan-8", asked, []));
        var students = plan.Members.Select(member => member.Recipe).OfType<Obfuscations.Distillation>().ToList();

        Assert.NotEmpty(students);
        Assert.All(students, student => Assert.Equal(epochs, student.Training.Epochs));
        Assert.All(students, student => Assert.True(student.Effort!.Steps(workshop.Data) * student.Training.BatchSize >= DrawnImitation.FewestInputs));
        Assert.Contains(plan.Members.Select(member => member.Recipe).OfType<IndependentTraining>(), honest => honest.Training.Epochs == asked);
    }

    [Fact]
    public void A_students_lesson_draws_other_latent_vectors_each_time_and_asks_the_teacher()
    {
        using var workshop = Workshop();
        using var lesson = new DrawnImitation(OutputForm.Raw, workshop.Target.Copy());
        var random = new SeededRandom(5, "draws");
        using var table = new TensorData(zeros(2, 8, 1, 1), zeros(2, 1));
        using var room = new BatchRoom(400);
        var (first, answers) = lesson.Batch(table, [0], 400, random, room);
        var (second, _) = lesson.Batch(table, [0], 400, random, room);

        Assert.False(first.eq(second).any().ToBoolean());
        Assert.InRange(first.mean().ToDouble(), -0.08, 0.08);
        Assert.InRange(first.square().mean().ToDouble(), 0.9, 1.1);
        Assert.True(answers.allclose(Evaluation.Outputs(workshop.Target.Network, first)));
    }

    [Fact]
    public void Batches_of_a_single_sample_which_batch_norm_refuses_are_left_out()
    {
        // One batch of 64 and a rest of one, for owner and public alike.
        using var workshop = Workshop(examples: 65);
        var settings = new TrainingSettings(2, LearningRate: 2e-4);
        foreach (var (recipe, start) in ((Recipe, Architecture?)[])
        [
            (new IndependentTraining(new Dcgan(4), DataSource.Owner, settings, 0), new Dcgan(4)),
            (new IndependentTraining(new TargetArchitecture(), DataSource.Irrelevant, settings, 0), new TargetArchitecture()),
            (new Obfuscations.Distillation(new Dcgan(4), settings, 0, 0), new Dcgan(4)),
            (new Obfuscations.FineTuning(Obfuscations.TrainedLayers.All, settings, 0), null),
        ])
        {
            using var network = recipe.Build(Context(workshop, recipe.Id));
            using var before = start?.Build(workshop.Architectures, new SeededRandom(5, recipe.Id)) ?? workshop.Target.Copy();

            Assert.Equal(2, recipe.Effort!.Steps(workshop.Data));
            Assert.NotEqual(before.WeightsSha256(), network.WeightsSha256());
            Assert.All(network.Parameters.Concat(network.Buffers), named => Assert.True(named.Tensor.isfinite().all().ToBoolean(), named.Name));
        }
    }

    [Fact]
    public void Fine_tuning_the_last_layer_leaves_the_others_and_their_statistics_alone()
    {
        using var workshop = Workshop();
        var recipe = new Obfuscations.Retraining(Obfuscations.TrainedLayers.Last, new(2, LearningRate: 2e-4), 0);
        using var network = recipe.Build(Context(workshop, "rtll"));
        var before = workshop.Target.Network;

        foreach (var (mine, theirs) in network.Parameters.Concat(network.Buffers).Zip(before.Parameters.Concat(before.Buffers)))
        {
            Assert.Equal(mine.Layer != "9", mine.Tensor.eq(theirs.Tensor).all().ToBoolean());
        }
    }

    [Fact]
    public void Pruned_filters_stay_away_while_the_rest_recovers()
    {
        using var workshop = Workshop();
        using var network = new Obfuscations.FilterPruning(0.5, Obfuscations.PruningCriterion.L1, new(2, LearningRate: 2e-4)).Build(Context(workshop, "fp"));

        Assert.Equal(16, network.Parameters[0].Tensor.abs().sum([0, 2, 3]).eq(0).sum().ToInt64());
        Assert.NotEqual(workshop.Target.Network.WeightsSha256(), network.WeightsSha256());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stolen_generator_is_trained_with_the_targets_discriminator_the_same_in_every_process(bool given)
    {
        var recipe = new Obfuscations.FineTuning(Obfuscations.TrainedLayers.All, new(1, LearningRate: 2e-4), 0);
        Assert.Equal(Built(), Built());

        string Built()
        {
            using var workshop = Workshop(given ? "gan-discriminator.pt" : null);
            using var network = recipe.Build(Context(workshop, "ftal"));
            Assert.NotEqual(workshop.Target.Network.WeightsSha256(), network.WeightsSha256());
            return network.WeightsSha256();
        }
    }

    [Fact]
    public void A_discriminator_that_was_taught_or_given_tells_real_samples_from_the_targets()
    {
        foreach (var file in (string?[])[null, "gan-discriminator.pt"])
        {
            using var workshop = Workshop(file);
            using var discriminator = workshop.TargetDiscriminator();
            discriminator.Network.EvaluationMode();
            var real = discriminator.LogOdds(workshop.Owner.Targets).mean().ToDouble();
            var noise = discriminator.LogOdds(rand_like(workshop.Owner.Targets)).mean().ToDouble();

            Assert.True(real > noise, $"{file}: {real} for real samples, {noise} for noise");
        }
    }

    [Theory]
    [InlineData("gan-discriminator.pt", true)]
    [InlineData("gan-log-odds.pt", false)]
    public void Log_odds_that_happen_to_be_between_zero_and_one_are_not_taken_for_probabilities(string name, bool probabilities)
    {
        var file = TorchScriptFile.Open(Fixtures.PathOf(name));
        var samples = tensor(Bars(100, 1).Inputs, 100, 64);
        using var module = file.Load();
        using var noGradient = no_grad();
        var given = module.forward(samples.view(-1, 1, 8, 8)).flatten();
        Assert.InRange(given.min().ToDouble(), 0, given.max().ToDouble());
        Assert.InRange(given.max().ToDouble(), 0, 1);

        using var discriminator = Discriminator.Open(file, samples, [1, 8, 8]);
        var logOdds = discriminator.LogOdds(samples);

        Assert.True((probabilities ? logOdds.sigmoid() : logOdds).allclose(given, 1e-4, 1e-5));
    }

    [Theory]
    [InlineData("mlp-scripted.pt", "samples")]
    [InlineData("cnn-scripted.pt", "4 numbers")]
    [InlineData("two-outputs.pt", "discriminator")]
    public void A_discriminator_that_does_not_fit_is_an_error(string file, string said)
    {
        using var workshop = Workshop(file);
        var error = Assert.Throws<UtafException>(() => workshop.TargetDiscriminator()).Diagnostic;

        Assert.Equal("UTAF1110", error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_samples_are_fitted_and_without_any_the_samples_are_scrambled()
    {
        using var target = Target();
        var owner = Generation.Table(Bars(40, 1), target, "owner", 1);
        var foreign = new DataTable([3, 4, 4], [.. Enumerable.Range(0, 30 * 48).Select(i => (float)i)], 1, new float[30], "foreign");
        var data = EnsembleData.Prepare(owner, null, [foreign], [1, 8, 8], new Generation(), target.Signature, 1);

        Assert.Null(data.ImageShape);
        Assert.Equal([1, 8, 8], data.SampleShape!);
        Assert.Equal((30, 64), (data.Irrelevant[0].Count, data.Irrelevant[0].TargetWidth));
        Assert.Equal((data.Owner.Targets.Min(), data.Owner.Targets.Max()), (data.Irrelevant[0].Targets.Min(), data.Irrelevant[0].Targets.Max()));
        var scrambled = new Generation().Irrelevant(owner, target.Signature, new SeededRandom(1, "order"));
        Assert.NotEqual(owner.Targets, scrambled.Targets);
        Assert.Equal(owner.Targets[..64].Order(), scrambled.Targets[..64].Order());
        Assert.Equal("UTAF1206", Fixtures.CodeOf(() => EnsembleData.Prepare(owner, null, [], [1, 7, 9], new Generation(), target.Signature, 1)));
    }

    [Fact]
    public void Utility_is_one_for_the_samples_themselves_and_zero_for_their_mean()
    {
        var task = new Generation();
        var samples = tensor(Bars(200, 1).Inputs, 200, 64);

        Assert.Equal(1, task.Utility(samples, samples, OutputForm.Raw), 1e-6);
        Assert.Equal(0, task.Utility(samples.mean([0], keepdim: true).expand(200, 64), samples, OutputForm.Raw), 1e-6);
        Assert.InRange(task.Utility(samples + 0.05, samples, OutputForm.Raw), 0.5, 0.999);
    }

    [Fact]
    public void The_zoos_generators_fit_the_samples()
    {
        using var workshop = Workshop();
        Assert.Equal(["fcgan-2", "fcgan-4", "dcgan-16", "dcgan-32"], Zoo.For(workshop.Architectures).Select(architecture => architecture.Id));
        Assert.Equal(["fcgan-1", "fcgan-2", "fcgan-4"], Zoo.For(workshop.Architectures with { SampleShape = null }).Select(architecture => architecture.Id));
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => Zoo.Parse("dcgan-8", workshop.Architectures with { SampleShape = [1, 8, 6] })));
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => Zoo.Parse("fcgan-1", workshop.Architectures with { Generates = false })));
    }

    [Fact]
    public void A_pair_tells_held_out_copies_of_a_generator_from_honest_ones()
    {
        using var workshop = Workshop();
        var plan = EnsemblePlan.Make(workshop.Target, workshop.Task, workshop.Data, 5, "standard", new("fcgan-1,dcgan-8", 12, []));
        var folder = EnsembleFolder.Under(root, plan);
        EnsembleBuilder.BuildMissing(folder, workshop, null, TestContext.Current.CancellationToken);
        var pair = PairConstruction.Construct(
            folder, workshop, new("bars", "1", workshop.Target.ArtifactSha256), new(Examples: 20), "0.1.0", null, TestContext.Current.CancellationToken);

        Assert.Equal(AnswerScale.InnerProducts, pair.Manifest.Output.Scale);
        Assert.Equal("generation", pair.Manifest.Task);
        Assert.Equal((-3, 3), (pair.Manifest.Input.Minimum, pair.Manifest.Input.Maximum));
        Assert.All(pair.Fingerprint.Values, value => Assert.InRange(value, -3, 3));
        Assert.Contains(pair.Manifest.HeldOut.Members, member => member.Family == "distillation");
        Assert.True(pair.Manifest.HeldOut.Auc > 0.8, string.Join('\n', pair.Manifest.HeldOut.Members.Select(member => $"{member.Id} {member.Stolen} {member.MatchingRate:0.000}")));
    }

    [Fact]
    public void Recipes_of_generators_know_that_they_are_trained_alone()
    {
        using var workshop = Workshop();

        StackedLessons.AreForetold(EnsemblePlan.Make(workshop.Target, workshop.Task, workshop.Data, 5, "standard", new("fcgan-1,dcgan-8", 12, [])), workshop);
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Images [1, 8, 8] of one bar, as the fixture was trained on.</summary>
    internal static DataTable Bars(int count, ulong seed)
    {
        var random = new SeededRandom(seed, "bars");
        var images = new float[count * 64];
        for (var image = 0; image < count; image++)
        {
            var (at, bright, upright) = (random.NextInt32(7), random.NextDouble() * 0.8, random.NextDouble() < 0.5);
            for (var pixel = 0; pixel < 64; pixel++)
            {
                var across = upright ? pixel % 8 : pixel / 8;
                images[(image * 64) + pixel] = (float)((across == at || across == at + 1 ? bright : -0.8) + (0.05 * random.NextNormal()));
            }
        }

        return new([1, 8, 8], images, 0, [], "bars");
    }

    private static TargetModel Target() => Generation.Load(Fixtures.PathOf("gan-scripted.pt"), null);

    /// <summary>A generator of such images with data of its owner and of others.</summary>
    internal static Workshop Workshop(string? discriminator = null, int examples = 256)
    {
        var target = Target();
        var owner = Generation.Table(Bars(examples, 1), target, "owner", 5);
        var open = Generation.Table(Bars(examples, 2), target, "public", 5);
        var data = EnsembleData.Prepare(owner, open, [], [1, 8, 8], new Generation(), target.Signature, 5);
        return new(target, new Generation(), data with { Discriminator = discriminator is null ? null : TorchScriptFile.Open(Fixtures.PathOf(discriminator)) }, CPU);
    }

    private static MemberContext Context(Workshop workshop, string id) =>
        new(id, workshop, workshop.Target.Copy, new SeededRandom(5, id), TestContext.Current.CancellationToken);
}
