using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class ShardTests : IDisposable
{
    private static readonly TrainingSettings Short = new(1, 32);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-shards-").FullName;
    private readonly SmallTask task = SmallTask.Mlp();

    private static Member Student { get; } = Positive(new Distillation(new Mlp([8]), Short, 4, 0));

    private static Member[] Members { get; } =
    [
        Positive(new WeightPruning(0.5, PruningScope.Global, PruningCriterion.L1, Short)),
        Student,
        Positive(new FineTuning(TrainedLayers.Last, Short, 1)),
        Positive(new FineTuning(TrainedLayers.All, Short, 2)),
        new("chained", true, Student.Id, new FineTuning(TrainedLayers.All, Short, 3)),
        new("chained-twice", true, "chained", new WeightPruning(0.3, PruningScope.PerLayer, PruningCriterion.L1, Short)),
        new("honest", false, null, new IndependentTraining(new Mlp([8]), DataSource.Owner, Short, 0)),
    ];

    private EnsemblePlan Plan => task.Plan(Members);

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("3/4", 3, 4)]
    [InlineData("99/100", 99, 100)]
    public void A_shard_is_read_and_written_the_same_way(string text, int index, int count)
    {
        Assert.Equal(new Shard(index, count), Shard.Parse(text));
        Assert.Equal(text, Shard.Parse(text).ToString());
    }

    [Theory]
    [InlineData("4/4")]
    [InlineData("-1/4")]
    [InlineData("0/0")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    [InlineData(" 1/2")]
    [InlineData("0/1000000")]
    public void Anything_else_is_refused_and_says_how_shards_count(string text)
    {
        var error = Assert.Throws<UtafException>(() => Shard.Parse(text)).Diagnostic;

        Assert.Equal("UTAF1001", error.Code);
        Assert.Contains("from 0 to N - 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Shards_have_every_member_once_and_what_their_chains_start_from(int count)
    {
        var shards = Enumerable.Range(0, count).Select(index => new Shard(index, count)).ToList();

        Assert.Equal(Members, shards.SelectMany(shard => shard.Own(Plan)).OrderBy(member => Array.IndexOf(Members, member)));
        var last = shards.Single(shard => shard.Own(Plan).Any(member => member.Id == "chained-twice"));
        Assert.Superset(new HashSet<string> { Student.Id, "chained", "chained-twice" }, last.Needed(Plan).Select(member => member.Id).ToHashSet());
    }

    [Fact]
    public void Shards_in_any_order_build_what_one_process_builds()
    {
        var whole = EnsembleFolder.Open(Path.Combine(root, "whole"), Plan);
        EnsembleBuilder.BuildMissing(whole, task.Workshop, null, TestContext.Current.CancellationToken);
        var parts = EnsembleFolder.Open(Path.Combine(root, "parts"), Plan);

        for (var index = 2; index >= 0; index--)
        {
            var missing = new Shard(index, 3).Needed(Plan).Where(member => !parts.Has(member)).ToList();
            using var other = SmallTask.Mlp();
            EnsembleBuilder.Build(parts, missing, other.Workshop, null, TestContext.Current.CancellationToken);
        }

        Assert.Empty(parts.Missing());
        Assert.All(Members, member => Assert.Equal(File.ReadAllBytes(whole.FileOf(member)), File.ReadAllBytes(parts.FileOf(member))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(-1)]
    public void A_file_that_was_cut_short_counts_as_missing_and_is_built_again(int length)
    {
        var folder = EnsembleFolder.Open(Path.Combine(root, "cut"), Plan);
        EnsembleBuilder.BuildMissing(folder, task.Workshop, null, TestContext.Current.CancellationToken);
        var whole = File.ReadAllBytes(folder.FileOf(Student));
        File.WriteAllBytes(folder.FileOf(Student), length < 0 ? whole[..^1] : whole[..length]);

        Assert.Equal([Student], folder.Missing());
        Assert.Equal([Student], folder.Broken());
        EnsembleBuilder.BuildMissing(folder, task.Workshop, null, TestContext.Current.CancellationToken);
        Assert.Equal(whole, File.ReadAllBytes(folder.FileOf(Student)));
        Assert.Empty(folder.Broken());
    }

    [Fact]
    public void Nothing_is_built_on_a_member_whose_bytes_changed()
    {
        var folder = EnsembleFolder.Open(Path.Combine(root, "flipped"), Plan);
        EnsembleBuilder.Build(folder, [Student], task.Workshop, null, TestContext.Current.CancellationToken);
        var bytes = File.ReadAllBytes(folder.FileOf(Student));
        bytes[^9] ^= 1;
        File.WriteAllBytes(folder.FileOf(Student), bytes);
        var before = Directory.GetFiles(root, "*", SearchOption.AllDirectories);

        var chain = Members.Single(member => member.Id == "chained");
        var error = Assert.Throws<UtafException>(() => EnsembleBuilder.Build(folder, [chain], task.Workshop, null, TestContext.Current.CancellationToken)).Diagnostic;

        Assert.Equal(("UTAF1402", folder.FileOf(Student)), (error.Code, error.Origin));
        Assert.Equal(before, Directory.GetFiles(root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(1980)]
    [InlineData(2100)]
    public void The_clocks_of_the_machines_make_no_difference(int year)
    {
        var folder = EnsembleFolder.Open(Path.Combine(root, "clocks"), Plan);
        EnsembleBuilder.Build(folder, new Shard(0, 2).Needed(Plan), task.Workshop, null, TestContext.Current.CancellationToken);
        var elsewhere = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var others = Directory.GetFiles(root, "*", SearchOption.AllDirectories);
        Assert.All(others, file => File.SetLastWriteTimeUtc(file, elsewhere));

        var again = EnsembleFolder.Open(folder.Path, Plan);
        EnsembleBuilder.BuildMissing(again, task.Workshop, null, TestContext.Current.CancellationToken);

        Assert.Empty(again.Missing());
        Assert.All(others, file => Assert.Equal(elsewhere, File.GetLastWriteTimeUtc(file)));
        var whole = EnsembleFolder.Open(Path.Combine(root, "whole"), Plan);
        EnsembleBuilder.BuildMissing(whole, task.Workshop, null, TestContext.Current.CancellationToken);
        Assert.All(Members, member => Assert.Equal(File.ReadAllBytes(whole.FileOf(member)), File.ReadAllBytes(again.FileOf(member))));
    }

    [Fact]
    public void Of_two_plans_that_start_one_folder_at_once_one_is_refused()
    {
        for (var i = 0; i < 20; i++)
        {
            var place = Path.Combine(root, $"race{i}");
            EnsemblePlan[] plans = [Plan, task.Plan([Student])];
            var codes = new string?[2];
            Parallel.For(0, 2, which => codes[which] = CodeOf(() => EnsembleFolder.Open(place, plans[which])));

            Assert.Equal([null, "UTAF1401"], codes.Order());
        }
    }

    public void Dispose()
    {
        task.Dispose();
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static string? CodeOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (UtafException e)
        {
            return e.Diagnostic.Code;
        }
    }

    private static Member Positive(Recipe recipe) => new(recipe.Id, true, null, recipe);
}
