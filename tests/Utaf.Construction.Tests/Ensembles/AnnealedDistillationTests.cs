using TorchSharp;
using Utaf.Construction;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Students that learn the teacher's outputs at first and the data's targets at last (Clark et al. 2019).</summary>
[Collection(TorchSession.Name)]
public sealed class AnnealedDistillationTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-annealed-").FullName;
    private readonly SmallTask task = SmallTask.Mlp(256);

    [Fact]
    public void What_is_learned_moves_evenly_from_the_teacher_to_the_targets()
    {
        var both = tensor(new float[] { 10, 20, 0, 100, 10, 20, 0, 100, 10, 20, 0, 100 }, 3, 4);
        var mixed = new AnnealedImitation(OutputForm.Raw).TargetsAt(both, tensor(new float[] { 0, 0.25f, 1 }, 3, 1));

        Fixtures.Near([10, 20, 7.5f, 40, 0, 100], mixed);
    }

    [Fact]
    public void A_training_is_shown_every_moment_once()
    {
        // 131 examples in batches of 16: eight of them and a rest of three.
        using var odd = SmallTask.Mlp(131);
        var lesson = new Recorded();
        using var network = odd.Target.Copy();
        using var training = new MemberTraining(network.Parameters, odd.Workshop.Public, OwnsData: false, lesson, new(2, 16), [], new SeededRandom(1, "order"));
        Trainer.Train(network, training, odd.Workshop.Task, "member", TestContext.Current.CancellationToken);

        Assert.Equal([.. Enumerable.Range(0, 18).Select(step => step / 18f)], lesson.Moments);
    }

    [Fact]
    public void An_annealed_student_ends_nearer_to_the_targets_than_one_that_learns_outputs_alone()
    {
        // The target's outputs are far from the data's targets here, so that where a student ends tells what it learned.
        var length = new TrainingSettings(80, 32, 1e-2);
        using var annealed = task.Build(new Distillation(new Mlp([32]), length, 0, 0, Annealed: true));
        using var imitating = task.Build(new Distillation(new Mlp([32]), length, 0, 0));
        var inputs = task.Workshop.Public.Inputs;
        var (outputs, targets) = (Evaluation.Outputs(task.Target.Network, inputs), task.Workshop.Public.Targets);
        var apart = Distance(outputs, targets);

        Assert.True(apart > 1, $"{apart}");
        Assert.InRange(Distance(Evaluation.Outputs(annealed, inputs), targets), 0, 0.1 * apart);
        Assert.InRange(Distance(Evaluation.Outputs(imitating, inputs), outputs), 0, 0.1 * apart);

        static double Distance(Tensor one, Tensor other) => (one - other).square().mean().ToDouble();
    }

    [Fact]
    public void The_choice_is_in_the_plan_and_plans_without_it_are_what_they_were()
    {
        var usual = EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 5, "quick", new(null, 1, []));
        var annealed = EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 5, "quick", new(null, 1, []) { Annealed = true });

        Assert.NotEqual(usual.Hash(), annealed.Hash());
        Assert.DoesNotContain("nneal", usual.ToJson(), StringComparison.Ordinal);
        Assert.Equal(
            usual.Members.Select(member => member.Id.Replace("distillation-", "distillation-annealed-", StringComparison.Ordinal)),
            annealed.Members.Select(member => member.Id));
        Assert.All(annealed.Members.Select(member => member.Recipe).OfType<Distillation>(), recipe => Assert.True(recipe.Annealed));
    }

    [Fact]
    public void The_papers_profile_has_as_many_annealed_students_and_honest_models_again_to_learn_from_alone()
    {
        var usual = Paper(annealed: false);
        var annealed = Paper(annealed: true);

        var more = annealed.Members.Where(member => annealed.IsForTrainingAlone(member) && member.Recipe is not ShrinkPerturb).ToList();
        Assert.Equal((26, 60), (more.Count(member => member.Stolen), more.Count(member => !member.Stolen)));
        Assert.All(more, member => Assert.True(member.Stolen ? member.Recipe is Distillation { Annealed: true } : member.Recipe is IndependentTraining { Source: DataSource.Owner or DataSource.Public }));
        Assert.All((DataSource[])[DataSource.Owner, DataSource.Public], source => Assert.InRange(more.Count(OnDataOf(source)), 25, 35));
        Assert.Equal(annealed.Members.Count, annealed.Members.Select(member => member.Id).Distinct().Count());
        Assert.Equal(
            usual.Members.Select(member => member.Id.Replace("distillation-", "distillation-annealed-", StringComparison.Ordinal)),
            annealed.Members.Except(more).Select(member => member.Id));
        Assert.DoesNotContain(usual.Members, member => member.ForTrainingAlone);

        EnsemblePlan Paper(bool annealed) => EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 5, "paper", new(null, 1, []) { Annealed = annealed });

        static Func<Member, bool> OnDataOf(DataSource source) => member => member.Recipe is IndependentTraining training && training.Source == source;
    }

    [Fact]
    public void Only_a_regressors_students_are_annealed()
    {
        using var classification = SmallTask.Cnn();
        var code = Fixtures.CodeOf(() => EnsemblePlan.Make(classification.Target, classification.Workshop.Task, classification.Data, 5, "quick", new(null, 1, []) { Annealed = true }));
        Assert.Equal("UTAF1001", code);
    }

    [Fact]
    public void An_ensemble_with_annealed_students_becomes_a_pair()
    {
        var plan = EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 5, "quick", new("mlp-10,mlp-8-8", 3, []) { Annealed = true });
        var folder = EnsembleFolder.Under(root, plan);
        EnsembleBuilder.BuildMissing(folder, task.Workshop, null, TestContext.Current.CancellationToken);
        var reopened = EnsembleFolder.Open(folder.Path, plan);

        Assert.Empty(reopened.Missing());
        var pair = PairConstruction.Construct(reopened, task.Workshop, new("small", "1", task.Target.ArtifactSha256), new(Examples: 10, Iterations: 5), "0.1.0", null, TestContext.Current.CancellationToken);
        Assert.Contains(pair.Manifest.HeldOut.Members, member => member.Id.Contains("distillation-annealed-", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        task.Dispose();
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private sealed record Recorded : Lesson
    {
        public List<float> Moments { get; } = [];

        public override bool TargetsMove => true;

        public override Tensor TargetsAt(Tensor targets, Tensor progress)
        {
            Assert.Equal([targets.shape[0], 1], progress.shape);
            Moments.Add(progress.max().ToSingle());
            return targets.alias();
        }

        public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => task.Losses(outputs, targets, OutputForm.Raw);
    }
}
