using TorchSharp;
using Utaf.Benchmarks.Scenarios;
using Utaf.Ensembles;
using Utaf.Tests;
using Utaf.Torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class ChainedCopiesTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public void Chains_start_from_held_out_copies_and_are_obfuscated_once_more()
    {
        using var folder = new TemporaryFolder();
        using var opened = Open(folder, "paper");
        var (ensemble, workshop) = (opened.Ensemble, opened.Ensemble.Workshop);
        var split = EnsembleSplit.Make(ensemble.Folder.Plan, member => member.Id, OpenedScenario.Halves);

        var chains = ChainedCopies.Of(ensemble, split, Stop);

        // Two of pruning and then fine-tuning, six after fine-tuning, two after retraining, four after distillation.
        Assert.Equal(14, chains.DistinctBy(chain => chain.Id).Count());
        Assert.All(chains, chain => Assert.True(chain is { Stolen: true, Family: "chain" } && chain.Source == chain.Id));
        var starts = chains.Select(chain => Assert.Single(split.Test, member => member.Stolen && chain.Id.StartsWith($"{member.Id}+", StringComparison.Ordinal))).Distinct().ToList();
        Assert.Equal(["distillation", "fine-tuning", "retraining", "weight-pruning"], starts.Select(start => start.Family).Distinct().Order(StringComparer.Ordinal));
        EnsembleBuilder.Build(ensemble.Folder, starts, workshop, progress: null, Stop);
        foreach (var chain in chains)
        {
            using var copy = chain.Load();
            using var again = chain.Load();
            using var start = ensemble.Folder.Load(starts.Single(start => chain.Id.StartsWith($"{start.Id}+", StringComparison.Ordinal)), workshop.Architectures);

            Assert.Equal(copy.WeightsSha256(), again.WeightsSha256());
            Assert.NotEqual(start.WeightsSha256(), copy.WeightsSha256());
            if (chain.Id.Contains("+weight-pruning", StringComparison.Ordinal))
            {
                Assert.All(copy.Parameters.Zip(start.Parameters).Where(pair => pair.First.IsWeight), pair => Assert.True(
                    pair.First.Tensor.eq(0).logical_or(pair.First.Tensor.eq(pair.Second.Tensor)).all().ToBoolean(), $"{chain.Id}: {pair.First.Name}"));
            }
        }
    }

    [Fact]
    public void An_ensemble_with_chains_of_its_own_has_none_that_are_new()
    {
        using var folder = new TemporaryFolder();
        using var opened = Open(folder, "standard");

        Assert.Empty(ChainedCopies.Of(opened.Ensemble, EnsembleSplit.Make(opened.Ensemble.Folder.Plan, member => member.Id, OpenedScenario.Halves), Stop));
    }

    private static OpenedScenario Open(TemporaryFolder folder, string profile)
    {
        ScenarioData.Write("warfarin", folder.Path);
        var device = TorchRuntime.Start("cpu");
        return WarfarinScenario.Prepare(folder.Path, [], 0, profile, new(null, 1, []), whole: false, trained: false).Open("warfarin", folder.File("work"), device);
    }
}
