using System.IO.Compression;
using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class EnsembleBuilderTests : IDisposable
{
    private static readonly TrainingSettings Short = new(1, 32);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-ensemble-").FullName;
    private readonly SmallTask cnn = SmallTask.Cnn();

    private static Member Tuned { get; } = Positive(new FineTuning(TrainedLayers.All, Short, 0));

    private static Member Student { get; } = Positive(new Distillation(new Mlp([8]), Short, 4, 0));

    private static Member[] Few { get; } =
    [
        Positive(new WeightPruning(0.5, PruningScope.Global, PruningCriterion.L1, Short with { Epochs = 0 })),
        Tuned,
        Student,
        new("chained", true, Tuned.Id, new WeightPruning(0.3, PruningScope.PerLayer, PruningCriterion.L1, Short)),
        new("chained-student", true, Student.Id, new FineTuning(TrainedLayers.Last, Short, 3)),
        Negative(new IndependentTraining(new TargetArchitecture(), DataSource.Owner, Short, 0)),
        Negative(new IndependentTraining(new SmallConvNet([4, 4]), DataSource.Irrelevant, Short, 0)),
    ];

    [Fact]
    public void A_plan_is_built_and_every_member_loads_as_it_was_built()
    {
        var folder = EnsembleFolder.Under(root, cnn.Plan(Few));
        var built = new List<BuildProgress>();

        Build(folder, built);

        Assert.Empty(folder.Missing());
        Assert.Equal(Enumerable.Range(1, Few.Length), built.Select(progress => progress.Built));
        Assert.Equal(Few.ToHashSet(), built.Select(progress => progress.Member).ToHashSet());
        Assert.Equal(folder.Plan.Hash()[..16], Path.GetFileName(folder.Path));
        foreach (var member in Few)
        {
            using var network = folder.Load(member, cnn.Workshop.Architectures);
            Assert.Equal(folder.WeightsSha256(member), network.WeightsSha256());
            Assert.All(network.Parameters, parameter => Assert.False(parameter.Tensor.requires_grad));
            Assert.Equal([2, 4], network.Forward(zeros(2, 1, 8, 8)).shape);
        }

        using var student = folder.Load(Few[4], cnn.Workshop.Architectures);
        Assert.Equal("mlp-8", student.Architecture.Id);
    }

    [Fact]
    public void A_second_run_builds_what_is_missing_and_bit_for_bit_the_same()
    {
        var folder = Built();
        var before = Files();
        File.Delete(FileOf(folder, Tuned));
        File.Delete(FileOf(folder, Few[5]));
        var untouched = Directory.GetFiles(root, "*.safetensors", SearchOption.AllDirectories).ToDictionary(file => file, File.GetLastWriteTimeUtc);

        var built = new List<BuildProgress>();
        Build(EnsembleFolder.Under(root, cnn.Plan(Few)), built);

        Assert.Equal([(Tuned, 6), (Few[5], 7)], built.Select(progress => (progress.Member, progress.Built)));
        Assert.Equal(before, Files());
        Assert.All(untouched, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));
    }

    [Fact]
    public void The_order_of_building_makes_no_difference()
    {
        var first = Built();
        using var other = SmallTask.Cnn();
        var second = EnsembleFolder.Open(Path.Combine(root, "reversed"), other.Plan([Tuned, Student, .. Few.Except([Tuned, Student]).Reverse()]));
        EnsembleBuilder.BuildMissing(second, other.Workshop, null, TestContext.Current.CancellationToken);

        Assert.All(Few, member => Assert.Equal(first.WeightsSha256(member), second.WeightsSha256(member)));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("empty")]
    [InlineData("header")]
    [InlineData("other member")]
    [InlineData("other plan")]
    public void A_damaged_member_is_an_error_that_names_its_file(string damage)
    {
        var folder = Built();
        var path = FileOf(folder, Tuned);
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "cut":
                bytes = bytes[..^5];
                break;
            case "changed":
                bytes[^5] ^= 1;
                break;
            case "empty":
                bytes = [];
                break;
            case "header":
                bytes[10] = (byte)'x';
                break;
            case "other member":
                bytes = File.ReadAllBytes(FileOf(folder, Few[5]));
                break;
            case "other plan":
                var other = EnsembleFolder.Under(root, cnn.Plan([Tuned]));
                Build(other);
                bytes = File.ReadAllBytes(FileOf(other, Tuned));
                break;
        }

        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<UtafException>(() => folder.Load(Tuned, cnn.Workshop.Architectures)).Diagnostic;
        Assert.Equal(("UTAF1402", path), (error.Code, error.Origin));
    }

    [Fact]
    public void A_folder_of_another_plan_is_refused()
    {
        var path = Path.Combine(root, "folder");
        EnsembleFolder.Open(path, cnn.Plan(Tuned));

        Assert.Equal("UTAF1401", Fixtures.CodeOf(() => EnsembleFolder.Open(path, cnn.Plan(Student))));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("")]
    public void A_folder_with_an_unreadable_plan_is_refused(string json)
    {
        var path = Path.Combine(root, "folder");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "plan.json"), json);

        var error = Assert.Throws<UtafException>(() => EnsembleFolder.Open(path, cnn.Plan(Tuned)));

        Assert.Equal("UTAF1401", error.Diagnostic.Code);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error()
    {
        var file = Path.Combine(root, "file");
        File.WriteAllText(file, "");

        Assert.Equal("UTAF1309", Fixtures.CodeOf(() => EnsembleFolder.Open(Path.Combine(file, "folder"), cnn.Plan(Tuned))));
    }

    [Fact]
    public void Stopping_leaves_the_finished_members_and_nothing_half_written()
    {
        using var stop = new CancellationTokenSource();
        var folder = EnsembleFolder.Under(root, cnn.Plan(Few));

        Assert.ThrowsAny<OperationCanceledException>(() =>
            EnsembleBuilder.BuildMissing(folder, cnn.Workshop, new Told(progress => { if (progress.Built == 2) { stop.Cancel(); } }), stop.Token));

        Assert.Equal(Few.Skip(2), folder.Missing());
        Assert.Equal(3, Directory.GetFiles(root, "*", SearchOption.AllDirectories).Length);

        Build(folder);
        Assert.Empty(folder.Missing());
    }

    [Fact]
    public void Stopping_in_the_middle_of_a_members_training_leaves_nothing_of_it()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var endless = Positive(new FineTuning(TrainedLayers.All, new(1_000_000, 16), 0));
        var folder = EnsembleFolder.Under(root, cnn.Plan(endless));

        Assert.ThrowsAny<OperationCanceledException>(() => EnsembleBuilder.BuildMissing(folder, cnn.Workshop, null, stop.Token));

        Assert.Equal(["plan.json"], Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void Temporary_files_of_killed_builders_go_after_a_day_and_those_of_living_ones_stay()
    {
        var folder = EnsembleFolder.Under(root, cnn.Plan(Few[0]));
        string[] places = [folder.Path, Path.Combine(folder.Path, "members")];
        foreach (var place in places)
        {
            File.WriteAllText(Path.Combine(place, ".utaf-old.tmp"), "half");
            File.WriteAllText(Path.Combine(place, ".utaf-young.tmp"), "half");
            File.WriteAllText(Path.Combine(place, "own.tmp"), "the user's");
            File.SetLastWriteTimeUtc(Path.Combine(place, ".utaf-old.tmp"), DateTime.UtcNow.AddHours(-25));
            File.SetLastWriteTimeUtc(Path.Combine(place, ".utaf-young.tmp"), DateTime.UtcNow.AddHours(-23));
            File.SetLastWriteTimeUtc(Path.Combine(place, "own.tmp"), DateTime.UtcNow.AddDays(-9));
        }

        Build(folder);

        Assert.All(places, place => Assert.Equal([".utaf-young.tmp", "own.tmp"], Directory.GetFiles(place, "*.tmp").Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        Assert.Empty(folder.Missing());
    }

    [Fact]
    public void A_member_that_diverges_is_an_error_that_names_it_and_is_not_saved()
    {
        var diverging = Positive(new FineTuning(TrainedLayers.All, new(30, 16, 1e20), 0));
        var folder = EnsembleFolder.Under(root, cnn.Plan(Tuned, diverging));

        var error = Assert.Throws<UtafException>(() => Build(folder)).Diagnostic;

        Assert.Equal(("UTAF1403", diverging.Id), (error.Code, error.Origin));
        Assert.Equal([diverging], folder.Missing());
    }

    [Fact]
    public void A_stack_that_fails_stops_the_others_and_its_error_is_told()
    {
        Assert.SkipWhen(Environment.ProcessorCount == 1, "Stacks are trained one after the other here.");
        using var mlp = SmallTask.Mlp();
        var endless = Negative(new IndependentTraining(new Mlp([6]), DataSource.Owner, new(1_000_000, 16), 0));
        var diverging = new Member("diverging", true, Tuned.Id, new FineTuning(TrainedLayers.All, new(30, 16, 1e20), 0));
        var folder = EnsembleFolder.Under(root, mlp.Plan(Tuned, diverging, endless));

        // Without the end the test would wait for hours.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(TimeSpan.FromMinutes(2));
        var error = Assert.Throws<UtafException>(() => EnsembleBuilder.BuildMissing(folder, mlp.Workshop, null, end.Token)).Diagnostic;

        Assert.Equal(("UTAF1403", diverging.Id), (error.Code, error.Origin));
        Assert.Equal([diverging, endless], folder.Missing());
    }

    [Fact]
    public void The_target_listed_as_a_negative_is_refused_before_anything_is_built()
    {
        using var mlp = SmallTask.Mlp();
        var folder = EnsembleFolder.Under(root, mlp.Plan(Tuned, Listed(Fixtures.PathOf("mlp-traced.pt"))));

        var code = Fixtures.CodeOf(() => EnsembleBuilder.BuildMissing(folder, mlp.Workshop, null, TestContext.Current.CancellationToken));

        Assert.Equal("UTAF1407", code);
        Assert.False(folder.Has(Tuned));
    }

    [Fact]
    public void A_listed_model_is_a_member_whose_weights_stay_in_its_file()
    {
        using var mlp = SmallTask.Mlp();
        var listed = Listed(Copy("frozen.pt"));
        var folder = EnsembleFolder.Under(root, mlp.Plan(listed));

        EnsembleBuilder.BuildMissing(folder, mlp.Workshop, null, TestContext.Current.CancellationToken);

        using var network = folder.Load(listed, mlp.Workshop.Architectures);
        var vectors = Fixtures.Vectors("mlp");
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), network.Forward(Fixtures.Tensor(vectors.GetProperty("inputs"))));
        Assert.InRange(new FileInfo(FileOf(folder, listed)).Length, 1, 1000);
    }

    [Fact]
    public void The_form_of_a_listed_classifier_with_one_output_is_told_from_more_than_one_input()
    {
        // Its logit lies in [0, 1] at the mean of the inputs, like a probability.
        var owner = SmallTask.Table([5], 64, "owner", 2);
        using var target = TargetModel.Load(Fixtures.PathOf("mlp-scripted.pt"), new Classification(), owner);
        var data = EnsembleData.Prepare(owner, owner, [], null, new Classification(), target.Signature, 1);
        var context = Workshop.ContextOf(target, new Classification(), data);
        var mean = tensor(context.Scaling.InputMean).view(1, 5);
        var shifted = context with { Scaling = context.Scaling with { InputMean = Root(target, mean) } };
        Assert.InRange(target.Network.Forward(tensor(shifted.Scaling.InputMean).view(1, 5)).ToSingle(), 0, 1);

        using var network = ListedModel.From(Fixtures.PathOf("mlp-traced.pt")).ArchitectureAfter(null!).Build(shifted, new SeededRandom(1, "listed"));

        Assert.Equal((OutputForm.Logits, OutputForm.Logits), (target.Form, network.Form));
    }

    /// <summary>An input near another where the model says something in [0, 1].</summary>
    private static float[] Root(TargetModel target, Tensor start)
    {
        var candidates = start + (randn(1000, 5) * 0.5);
        var outputs = target.Network.Forward(candidates).flatten();
        return candidates[(outputs - 0.2).abs().argmin().ToInt64()].data<float>().ToArray();
    }

    [Fact]
    public void A_listed_model_that_changed_since_is_an_error()
    {
        using var mlp = SmallTask.Mlp();
        var path = Copy("mlp-traced.pt");
        var folder = EnsembleFolder.Under(root, mlp.Plan(Listed(path)));
        File.Copy(Fixtures.PathOf("mlp-scripted.pt"), path, overwrite: true);

        Assert.Equal("UTAF1402", Fixtures.CodeOf(() => EnsembleBuilder.BuildMissing(folder, mlp.Workshop, null, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_listed_model_with_another_number_of_outputs_is_an_error()
    {
        var folder = EnsembleFolder.Under(root, SmallTask.Mlp().Plan(Listed(Fixtures.PathOf("mlp-traced.pt"))));

        // The CNN's data does not fit the perceptron either: that is what is said first.
        Assert.Contains(Fixtures.CodeOf(() => Build(folder)), (string[])["UTAF1106", "UTAF1404"]);
    }

    [Fact]
    public void Listed_models_that_are_frozen_have_weights_of_their_own()
    {
        using var mlp = SmallTask.Mlp();
        var second = Path.Combine(root, "other.pt");
        using (var from = ZipFile.OpenRead(Fixtures.PathOf("frozen.pt")))
        using (var to = ZipFile.Open(second, ZipArchiveMode.Create))
        {
            foreach (var entry in from.Entries)
            {
                // Torch wants its records uncompressed.
                using var source = entry.Open();
                using var target = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                source.CopyTo(target);
            }
        }

        Member[] listed = [Listed(Fixtures.PathOf("frozen.pt")), Listed(second)];
        var folder = EnsembleFolder.Under(root, mlp.Plan(listed));
        EnsembleBuilder.BuildMissing(folder, mlp.Workshop, null, TestContext.Current.CancellationToken);

        Assert.NotEqual(folder.WeightsSha256(listed[0]), folder.WeightsSha256(listed[1]));
    }

    [Fact]
    public void Members_that_learn_random_rules_share_the_public_inputs_and_leave_them_whole()
    {
        var before = cnn.Workshop.Public.Inputs.sum().ToSingle();
        var drafts = Enumerable.Range(0, 2).Select(i => new IndependentTraining(new Mlp([8]), DataSource.Irrelevant, Short, i).Prepare(cnn.Context($"{i}"))).ToList();

        Assert.All(drafts, draft => Assert.Same(cnn.Workshop.Public.Inputs, draft.Training!.Data.Inputs));
        Assert.NotEqual(drafts[0].Training!.Data.Targets.data<long>().ToArray(), drafts[1].Training!.Data.Targets.data<long>().ToArray());
        foreach (var draft in drafts)
        {
            draft.Training!.Dispose();
            draft.Network.Dispose();
            Assert.True(draft.Training.Data.Targets.IsInvalid);
        }

        Assert.Equal(before, cnn.Workshop.Public.Inputs.sum().ToSingle());
    }

    [Fact]
    public void Building_and_loading_members_leaves_no_tensors_behind()
    {
        var round = 0;
        long Live()
        {
            // Each round in a folder of its own, and with the workshop's teacher outputs made before.
            var folder = EnsembleFolder.Open(Path.Combine(root, $"{round++}"), cnn.Plan(Few));
            Build(folder);
            foreach (var member in Few)
            {
                folder.Load(member, cnn.Workshop.Architectures).Dispose();
            }

            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Live();

        Assert.Equal(Live(), Live());
    }

    [Fact]
    public void A_large_network_that_is_disposed_gives_its_memory_back()
    {
        long Resident()
        {
            new ResNet18().Build(cnn.Workshop.Architectures, new SeededRandom(1, "")).Dispose();
            GC.Collect();
            return Environment.WorkingSet;
        }

        Resident();
        var before = Resident();
        for (var i = 0; i < 5; i++)
        {
            Resident();
        }

        // Five networks of 45 MB, of which not three may stay.
        Assert.InRange(Resident() - before, long.MinValue, 3 * 45_000_000L);
    }

    public void Dispose()
    {
        cnn.Dispose();
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static Member Positive(Recipe recipe) => new(recipe.Id, true, null, recipe);

    private static Member Negative(Recipe recipe) => new(recipe.Id, false, null, recipe);

    private static Member Listed(string path) => Negative(ListedModel.From(path));

    private static string FileOf(EnsembleFolder folder, Member member) => Path.Combine(folder.Path, "members", $"{member.Id}.safetensors");

    private string Copy(string fixture)
    {
        var path = Path.Combine(root, fixture);
        File.Copy(Fixtures.PathOf(fixture), path);
        return path;
    }

    private EnsembleFolder Built()
    {
        var folder = EnsembleFolder.Under(root, cnn.Plan(Few));
        Build(folder);
        return folder;
    }

    private void Build(EnsembleFolder folder, List<BuildProgress>? progress = null) =>
        EnsembleBuilder.BuildMissing(folder, cnn.Workshop, progress is null ? null : new Told(progress.Add), TestContext.Current.CancellationToken);

    private Dictionary<string, string> Files() => Directory.GetFiles(root, "*", SearchOption.AllDirectories)
        .ToDictionary(file => file, file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));

    private sealed class Told(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
