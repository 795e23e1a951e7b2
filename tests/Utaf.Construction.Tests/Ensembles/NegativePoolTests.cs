using TorchSharp;
using Utaf.Data;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Two versions of a model: the released file, and one that differs in every number it learned.</summary>
[Collection(TorchSession.Name)]
public sealed class NegativePoolTests : IDisposable
{
    private static readonly TrainingSettings Short = new(1, 32);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-pool-").FullName;
    private readonly Classification task = new();
    private readonly DataTable owner = SmallTask.Table([1, 8, 8], 96, "owner", 4);
    private readonly DataTable publicData = SmallTask.Table([1, 8, 8], 96, "public", 4);
    private readonly TargetModel first;
    private readonly TargetModel second;
    private readonly NegativePool pool;

    public NegativePoolTests()
    {
        using var released = TargetModel.Load(Fixtures.PathOf("cnn-scripted.pt"), task, owner);
        first = Save(released, "first.pt", _ => { });
        second = Save(released, "second.pt", network =>
        {
            foreach (var named in network.Parameters.Concat(network.Buffers.Where(buffer => buffer.Name.Contains("running", StringComparison.Ordinal))))
            {
                named.Tensor.mul_(1.25);
            }
        });
        pool = new(Path.Combine(root, NegativePool.FolderName));
    }

    [Fact]
    public void The_second_version_of_a_model_builds_its_positives_alone_and_is_what_it_would_be_without_the_pool()
    {
        var scratch = Build(second, "scratch", useNone: true);
        var before = Build(first, "first");
        Assert.Equal(before.Plan.Members, before.Members);

        var after = Build(second, "second");

        Assert.NotEqual(before.Plan.TargetSha256, after.Plan.TargetSha256);
        Assert.Equal(after.Plan.Members.Where(member => member.Stolen), after.Members);
        Assert.All(after.Plan.Members, member => Assert.Equal(File.ReadAllBytes(scratch.Folder.FileOf(member)), File.ReadAllBytes(after.Folder.FileOf(member))));
        Assert.Equal(after.Plan.Members.Count(member => !member.Stolen), Directory.GetFiles(pool.Path).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_member_is_for_does_not_change_what_it_is(bool atFirst)
    {
        _ = Build(first, "first", profile: Few, forTrainingAlone: atFirst);

        var after = Build(second, "second", profile: Few, forTrainingAlone: !atFirst);

        Assert.Equal(after.Plan.Members.Where(member => member.Stolen), after.Members);
        Assert.All(after.Plan.Members, member => _ = after.Folder.WeightsSha256(member));
    }

    [Fact]
    public void Every_honest_member_of_a_profile_has_a_key_of_its_own_which_versions_share()
    {
        var keys = Keys(Make(first));

        Assert.Equal(keys, Keys(Make(second)));
        Assert.Equal(12, keys.Values.Distinct().Count());
        Assert.All(keys.Values, key => Assert.Matches("^[0-9a-f]{64}$", key));
        Assert.All(Make(first).Members.Where(member => member.Stolen), member => Assert.Null(member.Key));
    }

    [Fact]
    public void A_key_changes_with_everything_that_its_member_reads_and_with_nothing_else()
    {
        var other = SmallTask.Table([1, 8, 8], 96, "other", 4);

        // Networks from scratch have the scale of the owner's data built in; the target's architecture has not.
        var beginsAlike = owner with { Inputs = [.. owner.Inputs.Take(16 * 64), .. other.Inputs.Skip(16 * 64)] };
        var owned = Changed(Make(first, data: Data(beginsAlike, publicData)));
        Assert.DoesNotContain(owned, id => id.StartsWith("public-target", StringComparison.Ordinal));
        Assert.Superset(new HashSet<string> { "owner-target-0", "owner-convnet-16-32-0", "irrelevant-convnet-16-32-0" }, owned);

        Assert.All(Changed(Make(first, data: Data(owner, other))), id => Assert.DoesNotContain("owner", id, StringComparison.Ordinal));
        Assert.All(Changed(Make(first, data: Data(owner, publicData, other))), id => Assert.StartsWith("irrelevant", id, StringComparison.Ordinal));
        Assert.Equal(12, Changed(Make(first, seed: 6)).Count);
        Assert.Equal(12, Changed(Make(first, epochs: 9)).Count);

        // Another architecture: those of the zoo stay.
        using var traced = TargetModel.Load(Fixtures.PathOf("cnn-traced.pt"), task, owner);
        Assert.All(Changed(Make(traced)), id => Assert.Contains("-target-", id, StringComparison.Ordinal));
        Assert.NotEmpty(Changed(Make(traced)));
    }

    [Fact]
    public void A_target_without_a_file_shares_the_members_of_known_architectures_alone()
    {
        using var trained = second.Copy();
        using var inProcess = TargetModel.FromNetwork(trained, second.Copy, second.Signature);

        Assert.All(Make(inProcess).Members.Where(member => !member.Stolen), member => Assert.Equal(member.Id.Contains("-target-", StringComparison.Ordinal), member.Key is null));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_told_and_the_file_is_never_used()
    {
        var built = Build(first, "first", profile: Few);
        foreach (var member in built.Members.Where(member => !member.Stolen))
        {
            var sound = File.ReadAllBytes(pool.FileOf(member));
            for (var place = 0; place < sound.Length; place += place < 1500 ? 37 : 997)
            {
                var damaged = (byte[])sound.Clone();
                damaged[place] ^= 4;
                AtomicFile.Write(pool.FileOf(member), damaged);
                var target = EnsembleFolder.Open(Path.Combine(root, "flipped"), built.Plan);
                var told = new List<string>();

                Assert.Empty(pool.Take(target, [member], Workshop.ContextOf(first, task, Data(owner, publicData)), (file, _) => told.Add(file)));

                Assert.Equal([pool.FileOf(member)], told);
                Assert.False(File.Exists(pool.FileOf(member)));
                Assert.Equal(Few, target.Missing().Count);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(-1)]
    public void A_file_that_was_cut_short_or_holds_another_member_is_built_again_and_replaced(int length)
    {
        var built = Build(first, "first", profile: Few);
        var (one, other) = (built.Members.First(member => !member.Stolen), built.Members.Last(member => !member.Stolen));
        var sound = File.ReadAllBytes(pool.FileOf(one));
        AtomicFile.Write(pool.FileOf(one), length < 0 ? File.ReadAllBytes(pool.FileOf(other)) : sound[..length]);

        var again = Build(second, "second", profile: Few);

        Assert.Equal([one], again.Members.Where(member => !member.Stolen));
        Assert.Equal(sound, File.ReadAllBytes(pool.FileOf(one)));
        Assert.Equal(sound, File.ReadAllBytes(again.Folder.FileOf(one)));
    }

    [Fact]
    public void Processes_that_take_and_put_at_once_all_have_whole_members()
    {
        var built = Build(first, "first", profile: Few);
        var negatives = built.Members.Where(member => !member.Stolen).ToList();
        var context = Workshop.ContextOf(first, task, Data(owner, publicData));
        var bytes = negatives.Select(member => File.ReadAllBytes(built.Folder.FileOf(member))).ToList();

        Parallel.For(0, 8, which =>
        {
            using var each = NewDisposeScope();
            var own = new NegativePool(pool.Path);
            for (var round = 0; round < 5; round++)
            {
                var folder = EnsembleFolder.Open(Path.Combine(root, $"parallel{which}-{round}"), built.Plan);
                var taken = own.Take(folder, negatives, context, (file, detail) => Assert.Fail($"{file}: {detail}"));
                Assert.All(taken, member => Assert.Equal(bytes[negatives.IndexOf(member)], File.ReadAllBytes(folder.FileOf(member))));
                negatives.ForEach(member => File.Delete(own.FileOf(member)));
                negatives.ForEach(member => own.Put(built.Folder, member));
            }
        });

        Assert.Equal(negatives.Count, Directory.GetFiles(pool.Path).Length);
    }

    [Fact]
    public void A_pool_that_is_no_folder_has_nothing_and_says_that_it_cannot_be_written()
    {
        File.WriteAllText(pool.Path, "a file");
        var built = Build(first, "first", useNone: true, profile: Few);
        var member = built.Members.First(member => !member.Stolen);

        Assert.Empty(pool.Take(built.Folder, [member], Workshop.ContextOf(first, task, Data(owner, publicData)), (_, _) => Assert.Fail("told")));
        Assert.Equal("UTAF1309", Fixtures.CodeOf(() => pool.Put(built.Folder, member)));
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private const int Few = 5;

    private TargetModel Save(TargetModel released, string name, Action<Network> change)
    {
        using var copy = released.Copy();
        using (no_grad())
        {
            change(copy);
        }

        copy.SaveTorchScript(Path.Combine(root, name));
        return TargetModel.Load(Path.Combine(root, name), task, owner);
    }

    private EnsembleData Data(DataTable owned, DataTable open, params DataTable[] irrelevant) =>
        EnsembleData.Prepare(owned, open, irrelevant, null, task, first.Signature, seed: 1);

    private EnsemblePlan Make(TargetModel target, ulong seed = 5, int epochs = 1, EnsembleData? data = null) =>
        EnsemblePlan.Make(target, task, data ?? Data(owner, publicData), seed, "quick", new(null, epochs, []));

    /// <summary>Builds what neither the folder nor the pool has.</summary>
    private (EnsembleFolder Folder, EnsemblePlan Plan, List<Member> Members) Build(TargetModel target, string name, bool useNone = false, int profile = 24, bool forTrainingAlone = false)
    {
        var plan = Make(target);
        if (profile == Few)
        {
            string[] ids = ["owner-target-0", "public-target-1", "irrelevant-convnet-16-32-0", "owner-mlp-10-0"];
            plan = plan with { Members = [.. plan.Members.Where(member => ids.Contains(member.Id) || member.Recipe is WeightPruning).DistinctBy(member => member.Key)] };
            Assert.Equal(Few, plan.Members.Count);
        }

        plan = plan with { Members = [.. plan.Members.Select(member => member.Stolen ? member : member with { ForTrainingAlone = forTrainingAlone })] };
        var folder = EnsembleFolder.Open(Path.Combine(root, name), plan);
        using var workshop = new Workshop(target, task, Data(owner, publicData), CPU);
        if (!useNone)
        {
            pool.Take(folder, folder.Missing(), workshop.Architectures, (_, _) => { });
        }

        var built = new List<Member>();
        EnsembleBuilder.BuildMissing(folder, workshop, new Told(progress => built.Add(progress.Member)), TestContext.Current.CancellationToken);
        if (!useNone)
        {
            built.ForEach(member => pool.Put(folder, member));
        }

        return (folder, plan, [.. plan.Members.Where(built.Contains)]);
    }

    private HashSet<string> Changed(EnsemblePlan plan)
    {
        var before = Keys(Make(first));
        return [.. Keys(plan).Where(entry => before[entry.Key] != entry.Value).Select(entry => entry.Key)];
    }

    private static Dictionary<string, string> Keys(EnsemblePlan plan) => plan.Members.Where(member => !member.Stolen).ToDictionary(member => member.Id, member => member.Key!);

    private sealed class Told(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
