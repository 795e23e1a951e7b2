using Utaf.Benchmarks.Scenarios;
using Utaf.Ensembles;
using Utaf.Tests;
using Utaf.Torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class LeaveOneOutTests
{
    [Fact]
    public void Perturbed_copies_are_no_family_to_be_left_out_and_stay_whatever_is()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        var device = TorchRuntime.Start("cpu");
        using var opened = WarfarinScenario.Prepare(folder.Path, [], 0, "paper", EnsembleOptions.Default, whole: false, trained: false).Open("warfarin", folder.File("work"), device);
        var plan = opened.Ensemble.Folder.Plan;
        var split = EnsembleSplit.Make(plan, member => member.Id, OpenedScenario.Halves);

        var families = new LeaveOneOut(plan, split, new Warfarin().Settings(Profile.Cpu)).Parts();

        Assert.Equal(["distillation", "fine-tuning", "retraining", "weight-pruning", "mlp-100", "mlp-100-100", "mlp-100-100-100"], families.Select(family => family.Left));
        Assert.All(families, family => Assert.Equal(6, family.Split.Training.Count(plan.IsForTrainingAlone)));
        Assert.All(families, family => Assert.DoesNotContain(family.Split.Validation.Concat(family.Split.Test), plan.IsForTrainingAlone));
        Assert.All(families.Take(4), family => Assert.DoesNotContain(family.Split.Training.Concat(family.Split.Validation), member => member.Family == family.Left));
    }

    [Fact]
    public void What_is_left_out_is_left_out_of_the_members_for_training_alone_too_and_none_of_them_is_a_suspect()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        var device = TorchRuntime.Start("cpu");
        var options = EnsembleOptions.Default with { Annealed = true };
        using var opened = WarfarinScenario.Prepare(folder.Path, [], 0, "paper", options, whole: false, trained: false).Open("warfarin-annealed", folder.File("work"), device);
        var plan = opened.Ensemble.Folder.Plan;
        var split = EnsembleSplit.Make(plan, member => member.Id, OpenedScenario.Halves);

        var families = new LeaveOneOut(plan, split, new Warfarin(annealed: true).Settings(Profile.Cpu)).Parts();

        Assert.Equal(92, split.Training.Count(plan.IsForTrainingAlone));
        Assert.Equal(92 - 26, families.Single(family => family.Left == "distillation").Split.Training.Count(plan.IsForTrainingAlone));
        Assert.Equal(92 - 20, families.Single(family => family.Left == "mlp-100").Split.Training.Count(plan.IsForTrainingAlone));
        Assert.All(families, family => Assert.DoesNotContain(family.Split.Validation.Concat(family.Split.Test), plan.IsForTrainingAlone));
    }

    [Fact]
    public void Both_kinds_of_pruning_are_left_out_together_too_and_one_alone_by_its_name()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("skin", folder.Path);
        var input = new ScenarioInput(folder.Path, [], Profile.Smoke, folder.File("work"), TorchRuntime.Start("cpu"));
        using var opened = new Skin().Prepare(input, 0, trained: false).Open("skin", input.Work, input.Device);
        var split = EnsembleSplit.Make(opened.Ensemble.Folder.Plan, member => member.Id, OpenedScenario.Halves);
        var all = new Skin().Settings(Profile.Cpu);

        var pruning = LeftOut(all).Single(one => one.Left == "pruning").Split;

        Assert.Equal(["filter-pruning", "weight-pruning"], pruning.Test.Where(member => member.Stolen).Select(member => member.Family).Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(pruning.Training.Concat(pruning.Validation), member => member.Family.EndsWith("pruning", StringComparison.Ordinal));
        Assert.Contains(pruning.Training, member => member is { Stolen: true, Family: not "chain" });
        Assert.Equal(["distillation", "pruning"], LeftOut(all.Only(["without=pruning", "without=distillation", "without=pruning"])).Select(one => one.Left));
        Assert.Empty(LeftOut(all.Only(["unseen"])));

        IReadOnlyList<(string Left, EnsembleSplit Split)> LeftOut(SettingChoice choice) => new LeaveOneOut(opened.Ensemble.Folder.Plan, split, choice).Parts();
    }
}
