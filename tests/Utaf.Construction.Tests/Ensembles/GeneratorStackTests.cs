using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Stacks;
using Utaf.Models;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Fully connected generators that are trained together come out as if each were alone, but for rounding.</summary>
[Collection(TorchSession.Name)]
public sealed class GeneratorStackTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly List<Network> made = [];

    // Batches that are not full: 131 = 8·16 + 3.
    private readonly Workshop workshop = GenerationTests.Workshop(examples: 131);

    /// <summary>Of other data, lengths and random numbers.</summary>
    private static Recipe[] Honest { get; } =
    [
        new IndependentTraining(new FcGan(1), DataSource.Owner, new(2, 16, 2e-3), 0),
        new IndependentTraining(new FcGan(1), DataSource.Public, new(3, 16, 2e-3), 1),
        new IndependentTraining(new FcGan(1), DataSource.Irrelevant, new(1, 16, 2e-3), 2),
        new IndependentTraining(new FcGan(1), DataSource.Owner, new(3, 16, 2e-3), 3),
    ];

    private static Recipe[] Students { get; } =
    [
        new Distillation(new FcGan(1), new(1, 16, 2e-3), 0, 0),
        new Distillation(new FcGan(1), new(3, 16, 2e-3), 0, 1),
        new Distillation(new FcGan(1), new(2, 16, 2e-3), 0, 2),
    ];

    [Fact]
    public void Honest_generators_come_out_as_trained_alone() => ComeOutAsAlone(Honest);

    [Fact]
    public void Students_come_out_as_trained_alone() => ComeOutAsAlone(Students);

    [Fact]
    public void Students_of_several_teachers_learn_each_from_its_own()
    {
        var other = Teacher();
        Recipe[] recipes = [Students[1], Students[1]];
        Network[] teachers = [workshop.Target.Network, other];

        var together = Train(recipes, place => Prepare(recipes[place], place, teachers[place]));
        made.AddRange(together);

        for (var place = 0; place < recipes.Length; place++)
        {
            IsNear(Alone(recipes[place], place, teachers[place]), together[place], Start(recipes[place], place));
        }
    }

    [Fact]
    public void They_finish_by_their_lengths_and_the_shortest_first()
    {
        var finished = new List<string>();

        Train(Honest, place => Prepare(Honest[place], place), member => finished.Add(member.Member.Id));

        Assert.Equal([Honest[2].Id, Honest[0].Id], finished[..2]);
        Assert.Equal(Honest.Select(recipe => recipe.Id).Order(), finished.Order());
    }

    [Fact]
    public void One_that_diverges_is_named()
    {
        var drafts = Honest.Select((recipe, place) => Prepare(recipe, place)).ToList();
        using var unsound = new TensorData(drafts[1].Training!.Data.Inputs.clone(), full_like(drafts[1].Training!.Data.Targets, float.NaN));
        drafts[1] = drafts[1] with { Training = drafts[1].Training! with { Data = unsound } };

        var error = Assert.Throws<UtafException>(() => Train(Honest, place => drafts[place])).Diagnostic;

        Assert.Equal(("UTAF1403", Honest[1].Id), (error.Code, error.Origin));
    }

    [Fact]
    public void A_training_leaves_no_tensors_behind()
    {
        long Live()
        {
            using var training = NewDisposeScope();
            foreach (var recipes in (Recipe[][])[Honest, Students])
            {
                Train(recipes, place => Prepare(recipes[place], place)).ForEach(network => network.Dispose());
            }

            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Live();

        Assert.Equal(Live(), Live());
    }

    [Fact]
    public void Only_generators_of_the_zoo_of_which_all_is_learned_are_stacked()
    {
        Assert.NotNull(Read(Honest[0]));
        Assert.NotNull(Read(Students[0]));
        Assert.Null(Read(new IndependentTraining(new Dcgan(8), DataSource.Owner, new(1, 16), 0)));
        Assert.Null(Read(new FineTuning(TrainedLayers.All, new(1, 16), 0)));
        Assert.Null(Read(new FineTuning(TrainedLayers.All, new(1, 16), 0), Teacher()));
        Assert.Null(Read(new WeightPruning(0.5, PruningScope.Global, PruningCriterion.L1, new(1, 16))));

        GeneratorMember? Read(Recipe recipe, Network? stolen = null)
        {
            var draft = Prepare(recipe, 0, stolen);
            using var network = draft.Network;
            using var training = draft.Training;
            return GeneratorMember.TryRead(Planned(recipe), draft);
        }
    }

    [Fact]
    public void An_ensemble_is_built_with_stacks_as_without()
    {
        var root = Directory.CreateTempSubdirectory("utaf-generators-").FullName;
        try
        {
            Recipe[] recipes = [.. Honest, .. Students, new IndependentTraining(new FcGan(2), DataSource.Owner, new(1, 16), 9), new IndependentTraining(new Dcgan(8), DataSource.Owner, new(1, 16), 0)];

            // A chain has the target's discriminator, and the architecture of its student.
            var tuned = new FineTuning(TrainedLayers.All, new(1, 16, 2e-3), 4);
            var chain = new Member($"{Students[0].Id}+{tuned.Id}", true, Students[0].Id, tuned);
            var plan = EnsemblePlan.Make(workshop.Target, workshop.Task, workshop.Data, 5, "quick", new("fcgan-1", 1, [])) with { Members = [.. recipes.Select(Planned), chain] };
            var (stacked, alone) = (Build("stacked", true), Build("alone", false));

            foreach (var member in plan.Members)
            {
                using var together = stacked.Load(member, workshop.Architectures);
                using var single = alone.Load(member, workshop.Architectures);
                if (member.Parent is { } parent)
                {
                    // It starts from other last bits, and a GAN makes more of them.
                    using var from = stacked.Load(plan.Members.First(other => other.Id == parent), workshop.Architectures);
                    Assert.NotEqual(from.WeightsSha256(), together.WeightsSha256());
                    continue;
                }

                IsNear(single, together, Start(member.Recipe, 0, member.Id));
            }

            EnsembleFolder Build(string name, bool stacks)
            {
                var folder = EnsembleFolder.Under(Path.Combine(root, name), plan);
                var told = 0;
                EnsembleBuilder.Build(folder, folder.Missing(), workshop, new Counter(() => told++), stacks, TestContext.Current.CancellationToken);
                Assert.Equal(plan.Members.Count, told);
                Assert.Empty(folder.Missing());
                return folder;
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void They_are_trained_together_on_GPUs_alone() => Assert.Equal((false, true), (GeneratorStack.Pays(DeviceType.CPU), GeneratorStack.Pays(DeviceType.CUDA)));

    public void Dispose()
    {
        made.ForEach(network => network.Dispose());
        workshop.Dispose();
        scope.Dispose();
    }

    private static Member Planned(Recipe recipe) => new(recipe.Id, recipe is Obfuscation, null, recipe);

    private void ComeOutAsAlone(Recipe[] recipes)
    {
        var together = Train(recipes, place => Prepare(recipes[place], place));
        made.AddRange(together);
        for (var place = 0; place < recipes.Length; place++)
        {
            IsNear(Alone(recipes[place], place), together[place], Start(recipes[place], place));
        }
    }

    /// <summary>Whether two networks differ by little of what they have learned.</summary>
    private static void IsNear(Network alone, Network together, Network start)
    {
        foreach (var ((mine, theirs), first) in alone.Parameters.Zip(together.Parameters).Zip(start.Parameters))
        {
            var learned = (mine.Tensor - first.Tensor).norm().ToDouble();
            Assert.True(learned > 0, $"{mine.Name} has learned nothing");
            Assert.InRange((mine.Tensor - theirs.Tensor).norm().ToDouble() / learned, 0, 0.01);
        }
    }

    private static List<Network> Train(Recipe[] recipes, Func<int, MemberDraft> prepare, Action<GeneratorMember>? finished = null)
    {
        var members = recipes.Select((recipe, place) => GeneratorMember.TryRead(Planned(recipe), prepare(place))!).ToList();
        try
        {
            GeneratorStack.Train(members, member => finished?.Invoke(member), TestContext.Current.CancellationToken);
            return [.. members.Select(member => member.Network)];
        }
        finally
        {
            members.ForEach(member => member.Training.Dispose());
        }
    }

    private Network Alone(Recipe recipe, int place, Network? teacher = null)
    {
        var draft = Prepare(recipe, place, teacher);
        using var training = draft.Training!;
        Trainer.Train(draft.Network, training, workshop.Task, recipe.Id, TestContext.Current.CancellationToken);
        return Kept(draft.Network);
    }

    private Network Start(Recipe recipe, int place, string? id = null)
    {
        var draft = recipe.Prepare(Context(recipe, place, null, id));
        draft.Training!.Dispose();
        return Kept(draft.Network);
    }

    private Network Teacher() => Kept(new FcGan(2).Build(workshop.Architectures, new SeededRandom(1, "another teacher")).Freeze());

    private Network Kept(Network network)
    {
        made.Add(network);
        return network;
    }

    private MemberDraft Prepare(Recipe recipe, int place, Network? teacher = null) => recipe.Prepare(Context(recipe, place, teacher));

    private MemberContext Context(Recipe recipe, int place, Network? teacher, string? id = null) => new(
        recipe.Id,
        workshop,
        () => teacher is null or { Module: jit.ScriptModule } ? workshop.Target.Copy() : Copy(teacher),
        new SeededRandom(5, id ?? $"{recipe.Id} {place}"),
        TestContext.Current.CancellationToken);

    private Network Copy(Network teacher)
    {
        var copy = teacher.Architecture.Build(workshop.Architectures, new SeededRandom(0, "copy"));
        copy.CopyFrom(teacher);
        return copy.Freeze();
    }

    private sealed class Counter(Action told) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => told();
    }
}
