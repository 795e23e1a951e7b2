using Utaf.Construction.Tests;
using Utaf.Ensembles;
using Utaf.Torch.Tests;

namespace Utaf.Schemes.Tests;

/// <summary>Schemes on small ensembles that are really built.</summary>
[Collection(TorchSession.Name)]
public sealed class SchemeEvaluationTests(BuiltEnsembles ensembles) : IClassFixture<BuiltEnsembles>
{
    private static readonly SchemeOptions Quick = new(Examples: 10, Swept: false, Iterations: 5);

    [Fact]
    public void Every_scheme_scores_the_held_out_members_and_no_others()
    {
        var (split, comparison) = Run("classification", FingerprintSchemes.Names, Quick);

        Assert.Equal(FingerprintSchemes.Names.Order(), comparison.Evaluations.Select(scheme => scheme.Scheme).Concat(comparison.Absent.Select(scheme => scheme.Scheme)).Order());
        Assert.All(["utaf", "utaf-paper", "ipguard", "deepfool", "modeldiff", "sac"], name => Assert.Contains(comparison.Evaluations, scheme => scheme.Scheme == name));
        Assert.All(comparison.Absent, scheme => Assert.Equal("UTAF1503", scheme.Code));
        Assert.All(comparison.Evaluations, scheme =>
        {
            Assert.Equal(split.Test.Select(member => member.Id), scheme.Members.Select(member => member.Id));
            Assert.All(scheme.Members, member => Assert.InRange(member.MatchingRate, 0, 1));
            Assert.InRange(scheme.Queries, 1, 10);
        });
    }

    [Fact]
    public void The_same_ensemble_gives_the_same_scores()
    {
        string[] schemes = ["utaf", "ipguard", "modeldiff", "sac"];
        var (_, first) = Run("classification", schemes, Quick);
        var (_, second) = Run("classification", schemes, Quick);

        Assert.Equal(first.Evaluations.SelectMany(scheme => scheme.Members), second.Evaluations.SelectMany(scheme => scheme.Members));
    }

    [Fact]
    public void What_is_chosen_does_not_depend_on_the_test_part()
    {
        var ensemble = ensembles.Of("classification");
        var split = Split("classification");
        var fewer = split with { Test = [split.Test.First(member => member.Stolen), split.Test.First(member => !member.Stolen)] };

        var all = SchemeEvaluation.Run(["deepfool", "sac"], ensemble.Folder, ensemble.Workshop, split, Quick with { Swept = true }, null, TestContext.Current.CancellationToken);
        var some = SchemeEvaluation.Run(["deepfool", "sac"], ensemble.Folder, ensemble.Workshop, fewer, Quick with { Swept = true }, null, TestContext.Current.CancellationToken);

        Assert.Equal(all.Evaluations.Select(scheme => scheme.Chosen), some.Evaluations.Select(scheme => scheme.Chosen));
        Assert.All(some.Evaluations, scheme => Assert.Equal(2, scheme.Members.Count));
    }

    [Fact]
    public void Each_setting_of_a_sweep_is_told_when_it_is_done()
    {
        var ensemble = ensembles.Of("classification");
        var said = new List<string>();

        _ = SchemeEvaluation.Run(["deepfool", "akh"], ensemble.Folder, ensemble.Workshop, Split("classification"), Quick with { Swept = true }, said.Add, TestContext.Current.CancellationToken);

        var settings = FingerprintSchemes.Candidates("deepfool", Quick with { Swept = true });
        Assert.True(settings.Count > 1);
        Assert.Equal(settings.Count + 2, said.Count);
        Assert.All(settings.Index(), setting => Assert.StartsWith($"deepfool: {setting.Index + 1} of {settings.Count} settings: {setting.Item.Parameters}: ", said[setting.Index], StringComparison.Ordinal));
    }

    [Fact]
    public void Every_candidate_of_conferaes_sweep_has_the_models_that_the_first_one_loaded()
    {
        // Whether small perceptrons have conferrable examples is chance; that models are gone would be another error.
        var (_, comparison) = Run("classification", ["conferae"], Quick with { Swept = true });

        Assert.Equal(1, comparison.Evaluations.Count + comparison.Absent.Count);
        Assert.All(comparison.Absent, scheme => Assert.Contains("became an example that copies confuse", scheme.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void What_candidates_of_a_sweep_share_is_made_once()
    {
        using var models = new TrainingNetworks(() => new([], [], []));
        var made = 0;

        var (first, again, other) = (Made(0.5), Made(0.5), Made(0.6));

        Assert.Same(first, again);
        Assert.NotSame(first, other);
        Assert.Equal(2, made);

        TorchSharp.torch.Tensor Made(double epsilon) => models.Once((new ConferAe(epsilon), 0), () => TorchSharp.torch.zeros(++made));
    }

    [Fact]
    public void Schemes_for_classifiers_are_named_where_the_model_is_none()
    {
        var (_, comparison) = Run("regression", ["utaf", "ipguard", "sac"], Quick);

        Assert.Equal(["utaf"], comparison.Evaluations.Select(scheme => scheme.Scheme));
        Assert.Equal(["ipguard", "sac"], comparison.Absent.Select(scheme => scheme.Scheme));
        Assert.All(comparison.Absent, scheme => Assert.Equal("UTAF1504", scheme.Code));
    }

    [Theory]
    [InlineData("utaf,ipgard")]
    [InlineData("utaf,utaf")]
    [InlineData("")]
    public void Wrong_names_are_told_with_the_right_ones(string names)
    {
        var error = Assert.Throws<UtafException>(() => Run("classification", names.Split(',', StringSplitOptions.RemoveEmptyEntries), Quick));

        Assert.Equal("UTAF1001", error.Diagnostic.Code);
        Assert.Contains("ipguard", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_query_cannot_be_related_to_another()
    {
        Assert.Equal("UTAF1001", Assert.Throws<UtafException>(() => new SchemeOptions(Examples: 1).Check()).Diagnostic.Code);
    }

    private EnsembleSplit Split(string task)
    {
        var ensemble = ensembles.Of(task);
        return EnsembleSplit.Of(ensemble.Folder, ensemble.Workshop.Target, new());
    }

    private (EnsembleSplit Split, SchemeComparison Comparison) Run(string task, IReadOnlyList<string> schemes, SchemeOptions options)
    {
        var ensemble = ensembles.Of(task);
        var split = Split(task);
        return (split, SchemeEvaluation.Run(schemes, ensemble.Folder, ensemble.Workshop, split, options, null, TestContext.Current.CancellationToken));
    }
}
