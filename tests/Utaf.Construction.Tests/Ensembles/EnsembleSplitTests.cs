using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class EnsembleSplitTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask cnn = SmallTask.Cnn();

    public static TheoryData<string, ulong> Plans() =>
        [.. from profile in (string[])["quick", "standard", "paper"] from seed in Enumerable.Range(0, 5) select (profile, (ulong)seed)];

    [Theory]
    [MemberData(nameof(Plans))]
    public void Every_member_is_in_one_part_and_chains_stay_with_the_member_they_start_from(string profile, ulong seed)
    {
        var plan = Plan(profile, seed);

        var split = EnsembleSplit.Make(plan, member => member.Id, new(0.4, 0.2));

        Assert.Equal(plan.Members.Select(member => member.Id).Order(), Parts(split).SelectMany(part => part).Select(member => member.Id).Order());
        Assert.Empty(split.Duplicates);
        foreach (var chained in plan.Members.Where(member => member.Parent is not null))
        {
            var part = Parts(split).Single(part => part.Contains(chained));
            Assert.Contains(part, member => member.Id == chained.Parent);
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Fractions_hold_on_each_side_and_both_sides_are_in_every_part(string profile, ulong seed)
    {
        var plan = Plan(profile, seed);

        var split = EnsembleSplit.Make(plan, member => member.Id, new(0.5, 0.2));

        foreach (var stolen in (bool[])[true, false])
        {
            var all = plan.Members.Count(member => member.Stolen == stolen && !plan.IsForTrainingAlone(member));
            Assert.InRange(split.Test.Count(member => member.Stolen == stolen), (0.5 * all) - 2, (0.5 * all) + 1);
            Assert.InRange(split.Validation.Count(member => member.Stolen == stolen), (0.1 * all) - 1, (0.1 * all) + 1.5);
            Assert.All(Parts(split), part => Assert.Contains(part, member => member.Stolen == stolen));
        }
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("paper")]
    public void Each_family_is_spread_over_training_and_test(string profile)
    {
        var plan = Plan(profile, 3);

        var split = EnsembleSplit.Make(plan, member => member.Id, new(0.4, 0.2));

        foreach (var family in plan.Members.Where(member => member.Parent is null && !plan.IsForTrainingAlone(member)).GroupBy(member => member.Family).Where(family => family.Count() >= 4))
        {
            var tested = split.Test.Count(member => member.Family == family.Key && member.Parent is null);
            Assert.InRange(tested, (0.4 * family.Count()) - 1.5, (0.4 * family.Count()) + 1.5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Members_for_training_alone_are_learned_from_and_change_nothing_else(ulong seed)
    {
        var plan = Plan("paper", seed);
        Member[] alone = [.. plan.Members.Where(plan.IsForTrainingAlone)];

        var split = EnsembleSplit.Make(plan, member => member.Id, new(0.5, 0.2));
        var without = EnsembleSplit.Make(plan with { Members = [.. plan.Members.Except(alone)] }, member => member.Id, new(0.5, 0.2));

        Assert.NotEmpty(alone);
        Assert.Equal([.. without.Training, .. alone], split.Training);
        Assert.Equal(without.Validation, split.Validation);
        Assert.Equal(without.Test, split.Test);
    }

    [Fact]
    public void A_line_of_descent_stays_together_whichever_of_its_members_is_for_training_alone()
    {
        var plan = Plan("standard", 1);
        var tuned = plan.Members.First(member => member.Recipe is FineTuning);
        var (alone, perturbed) = (new ShrinkPerturb(0.3, new(1)), new ShrinkPerturb(0.4, new(1)));
        var start = new Member("start", Stolen: true, Parent: null, alone);
        var fromAlone = new Member("from-alone", Stolen: true, "start", tuned.Recipe);
        var fromTuned = new Member("from-tuned", Stolen: true, tuned.Id, perturbed);
        plan = plan with { Members = [.. plan.Members, start, fromAlone, fromTuned] };
        for (ulong seed = 0; seed < 10; seed++)
        {
            var split = EnsembleSplit.Make(plan with { Seed = seed }, member => member.Id, new());

            Assert.Equal([start, fromAlone], split.Training.TakeLast(2));
            Assert.Contains(tuned, Parts(split).Single(part => part.Contains(fromTuned)));
        }
    }

    [Fact]
    public void Members_for_training_alone_do_not_make_up_for_missing_ones()
    {
        var plan = cnn.Plan(
        [
            new Member("p", true, null, new FineTuning(TrainedLayers.All, new(1), 0)),
            .. Enumerable.Range(1, 9).Select(i => new Member($"alone{i}", true, null, new ShrinkPerturb(i / 10.0, new(1)))),
            .. Enumerable.Range(0, 20).Select(i => new Member($"n{i}", false, null, new FineTuning(TrainedLayers.All, new(1), i))),
        ]);

        Assert.Equal("UTAF1405", Fixtures.CodeOf(() => EnsembleSplit.Make(plan, member => member.Id, new())));
    }

    [Fact]
    public void The_seed_decides_the_split()
    {
        static string Order(EnsembleSplit split) => string.Join(' ', Parts(split).SelectMany(part => part).Select(member => member.Id));

        string Of(ulong seed) => Order(EnsembleSplit.Make(Plan("standard", seed), member => member.Id, new()));

        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
    }

    [Fact]
    public void Of_two_of_the_same_weights_the_one_that_is_reported_on_stays()
    {
        var plan = Plan("standard", 1);
        var honest = plan.Members.First(member => !member.Stolen);
        var more = honest with { Id = "more", ForTrainingAlone = true };
        var usual = EnsembleSplit.Make(plan, member => member.Id, new());

        var split = EnsembleSplit.Make(plan with { Members = [more, .. plan.Members] }, member => member == more ? honest.Id : member.Id, new());

        Assert.Equal([more], split.Duplicates);
        Assert.Equal(Parts(usual).SelectMany(part => part), Parts(split).SelectMany(part => part));
    }

    [Fact]
    public void Members_of_equal_weights_count_once()
    {
        var plan = Plan("standard", 1);
        string[] equal = [.. plan.Members.Where(member => member.Recipe is WeightPruning).Take(3).Select(member => member.Id)];

        var split = EnsembleSplit.Make(plan, member => equal.Contains(member.Id) ? "same" : member.Id, new());

        Assert.Equal(equal[1..], split.Duplicates.Select(member => member.Id));
        Assert.Single(Parts(split).SelectMany(part => part), member => equal.Contains(member.Id));
    }

    [Fact]
    public void A_chain_of_a_member_that_was_left_out_goes_where_its_equal_is()
    {
        var plan = Plan("standard", 1);
        var chain = plan.Members.First(member => member.Parent is not null);
        for (ulong seed = 0; seed < 10; seed++)
        {
            var twin = plan.Members.First(member => member.Stolen);
            var split = EnsembleSplit.Make(plan with { Seed = seed }, member => member.Id == chain.Parent ? twin.Id : member.Id, new());

            Assert.Contains(twin, Parts(split).Single(part => part.Contains(chain)));
        }
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(20, 2)]
    [InlineData(0, 20)]
    public void Too_few_of_one_side_are_an_error(int positives, int negatives)
    {
        var plan = cnn.Plan(
        [
            .. Enumerable.Range(0, positives).Select(i => new Member($"p{i}", true, null, new FineTuning(TrainedLayers.All, new(1), i))),
            .. Enumerable.Range(0, negatives).Select(i => new Member($"n{i}", false, null, new FineTuning(TrainedLayers.All, new(1), i))),
        ]);

        Assert.Equal("UTAF1405", Fixtures.CodeOf(() => EnsembleSplit.Make(plan, member => member.Id, new())));
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(1, 0.2)]
    [InlineData(0.5, 0)]
    [InlineData(0.5, 1.5)]
    [InlineData(double.NaN, 0.2)]
    public void A_fraction_outside_zero_and_one_is_an_error(double test, double validation) =>
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => EnsembleSplit.Make(Plan("quick", 1), member => member.Id, new(test, validation))));

    public void Dispose()
    {
        cnn.Dispose();
        scope.Dispose();
    }

    private EnsemblePlan Plan(string profile, ulong seed) =>
        EnsemblePlan.Make(cnn.Target, cnn.Workshop.Task, cnn.Data, seed, profile, EnsembleOptions.Default);

    private static IReadOnlyList<Member>[] Parts(EnsembleSplit split) => [split.Training, split.Validation, split.Test];
}
