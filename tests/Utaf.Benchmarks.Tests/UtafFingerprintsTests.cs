using Utaf.Benchmarks.Scenarios;
using Utaf.Ensembles;
using Utaf.Tests;
using Utaf.Torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class UtafFingerprintsTests
{
    [Fact]
    public void What_is_timed_beside_the_reference_has_Table_A2s_members_alone_however_often_it_is_opened()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("iwpc_31feat_5741.csv"), ScenarioData.Table(new Random(1), features: 31, rows: 5741));
        TorchRuntime.Start("cpu");

        using var first = WarfarinScenario.Open(folder.Path, folder.File("work"), 1);
        using var second = WarfarinScenario.Open(folder.Path, folder.File("work"), 1);

        Assert.Equal(140, first.Folder.Plan.Members.Count);
        Assert.DoesNotContain(first.Folder.Plan.Members, first.Folder.Plan.IsForTrainingAlone);
        Assert.Equal((first.Folder.Path, first.Folder.Plan.Hash()), (second.Folder.Path, second.Folder.Plan.Hash()));
    }

    [Fact]
    public void Copies_for_training_alone_are_in_no_smaller_ensemble()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        var device = TorchRuntime.Start("cpu");
        using var opened = WarfarinScenario.Prepare(folder.Path, [], 0, "paper", EnsembleOptions.Default, whole: false, trained: false).Open("warfarin", folder.File("work"), device);
        var split = EnsembleSplit.Make(opened.Ensemble.Folder.Plan, member => member.Id, OpenedScenario.Halves);

        var smaller = new UtafFingerprints(opened, split, new Warfarin().Settings(Profile.Cpu), TestContext.Current.CancellationToken).Smaller(28);

        Assert.NotNull(smaller);
        Member[] learned = [.. smaller.Training, .. smaller.Validation];
        Assert.Equal((28, 28), (learned.Count(member => member.Stolen), learned.Count(member => !member.Stolen)));
        Assert.DoesNotContain(learned, opened.Ensemble.Folder.Plan.IsForTrainingAlone);
    }
}
