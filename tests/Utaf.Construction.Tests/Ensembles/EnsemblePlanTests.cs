using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class EnsemblePlanTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask mlp = SmallTask.Mlp();
    private readonly SmallTask cnn = SmallTask.Cnn();

    [Theory]
    [InlineData("quick", 12, 12)]
    [InlineData("standard", 35, 35)]
    [InlineData("paper", 70, 70)]
    public void A_profile_has_its_number_of_members_for_tables_and_for_images(string profile, int positives, int negatives)
    {
        foreach (var task in new[] { mlp, cnn })
        {
            var plan = Plan(task, profile);

            var reported = plan.Members.Where(member => !plan.IsForTrainingAlone(member)).ToList();
            Assert.Equal((positives, negatives), (reported.Count(member => member.Stolen), reported.Count(member => !member.Stolen)));
        }
    }

    [Theory]
    [InlineData("classification", true)]
    [InlineData("regression", true)]
    [InlineData("ranking", false)]
    [InlineData("embedding", false)]
    [InlineData("generation", false)]
    public void The_papers_profile_has_copies_to_learn_from_alone_where_that_was_tried(string name, bool has)
    {
        var task = LearningTask.Parse(name);
        var plan = EnsemblePlan.Make(mlp.Target, task, mlp.Data, 1, "paper", EnsembleOptions.Default);

        var alone = plan.Members.Where(plan.IsForTrainingAlone).ToList();

        Assert.Equal(has ? [(0.2, 1), (0.2, 3), (0.35, 1), (0.35, 3), (0.5, 1), (0.5, 3)] : [], alone.Select(member => (ShrinkPerturb)member.Recipe).Select(recipe => (recipe.Share, recipe.Recovery.Epochs)));
        Assert.All(alone, member => Assert.True(member.Stolen));
        Assert.Equal(140, plan.Members.Count - alone.Count);
        foreach (var smaller in (string[])["quick", "standard"])
        {
            Assert.DoesNotContain(EnsemblePlan.Make(mlp.Target, task, mlp.Data, 1, smaller, EnsembleOptions.Default).Members, member => member.Recipe is ShrinkPerturb);
        }
    }

    [Fact]
    public void The_papers_profile_for_images_is_the_column_of_Table_A2_for_Skin() => Assert.Equal(
        [
            ("distillation", 14), ("filter-pruning", 30), ("fine-tuning", 4), ("independent-irrelevant", 10),
            ("independent-owner", 30), ("independent-public", 30), ("retraining", 4), ("weight-pruning", 18),
        ],
        Families(Plan(cnn, "paper")));

    [Fact]
    public void The_papers_profile_for_tables_is_the_column_of_Table_A2_for_Warfarin() => Assert.Equal(
        [
            ("distillation", 26), ("fine-tuning", 4), ("independent-irrelevant", 10),
            ("independent-owner", 32), ("independent-public", 28), ("retraining", 4), ("weight-pruning", 36),
        ],
        Families(Plan(mlp, "paper")));

    [Theory]
    [InlineData("quick")]
    [InlineData("standard")]
    public void A_smaller_profile_has_every_family_that_fits_the_target(string profile)
    {
        string[] all = ["chain", "distillation", "filter-pruning", "fine-tuning", "independent-irrelevant", "independent-owner", "independent-public", "retraining", "weight-pruning"];

        Assert.Equal(all, Families(Plan(cnn, profile)).Select(family => family.Name));
        Assert.Equal(all.Except(["filter-pruning"]), Families(Plan(mlp, profile)).Select(family => family.Name));
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("standard")]
    [InlineData("paper")]
    public void Ids_are_unique_and_fit_for_file_names_and_parents_come_before_their_chains(string profile)
    {
        foreach (var plan in new[] { Plan(mlp, profile), Plan(cnn, profile), Plan(cnn, profile, new("target,mlp-100,mlp-100", null, [])) })
        {
            var built = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var member in plan.Members)
            {
                Assert.Matches("^[a-z0-9][a-z0-9.+-]{0,99}$", member.Id);
                Assert.True(member.Parent is null || built.Contains(member.Parent), $"{member.Id} comes before {member.Parent}");
                Assert.True(built.Add(member.Id), $"{member.Id} occurs twice");
            }
        }
    }

    [Fact]
    public void Copies_that_lost_much_are_trained_again_and_others_need_not_be()
    {
        foreach (var plan in new[] { Plan(mlp, "paper"), Plan(cnn, "paper") })
        {
            var pruned = plan.Members.Select(member => member.Recipe switch
            {
                WeightPruning weights => (Heavy: weights.Ratio > 0.6, weights.Recovery.Epochs),
                FilterPruning filters => (Heavy: filters.Ratio > 0.25, filters.Recovery.Epochs),
                _ => ((bool Heavy, int Epochs)?)null,
            }).OfType<(bool Heavy, int Epochs)>().ToList();

            Assert.All(pruned.Where(copy => copy.Heavy), copy => Assert.InRange(copy.Epochs, 1, 3));
            Assert.Contains(pruned, copy => copy is { Heavy: false, Epochs: 0 });
        }

        Assert.Contains(Plan(mlp, "paper").Members, member => member.Recipe is WeightPruning { Ratio: 0.6, Recovery.Epochs: 0 });
        Assert.Contains(Plan(cnn, "paper").Members, member => member.Recipe is FilterPruning { Ratio: 0.25, Recovery.Epochs: 0 });
    }

    [Fact]
    public void Students_may_learn_longer_than_other_members()
    {
        var plan = Plan(mlp, "quick", new(null, 3, []) { StudentEpochs = 12 });

        Assert.All(plan.Members.Select(member => member.Recipe).OfType<Distillation>(), student => Assert.Equal(12, student.Training.Epochs));
        Assert.DoesNotContain(12, plan.Members.Select(member => member.Recipe).OfType<IndependentTraining>().Select(honest => honest.Training.Epochs));
    }

    [Fact]
    public void No_two_members_of_a_profile_have_the_same_recipe_and_parent()
    {
        foreach (var profile in new[] { "quick", "standard", "paper" })
        {
            foreach (var members in new[] { Plan(mlp, profile).Members, Plan(cnn, profile).Members })
            {
                Assert.Equal(members.Count, members.Select(member => (member.Parent, member.Recipe)).Distinct().Count());
            }
        }
    }

    [Fact]
    public void An_unknown_profile_is_an_error_that_names_the_profiles()
    {
        var error = Assert.Throws<UtafException>(() => Plan(mlp, "large"));

        Assert.Equal("UTAF1001", error.Diagnostic.Code);
        Assert.Contains("quick, standard or paper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_choices_give_the_same_plan_and_hash() => Assert.Equal(Plan(cnn, "standard").Hash(), Plan(cnn, "standard").Hash());

    [Fact]
    public void Whatever_decides_a_members_weights_changes_the_hash()
    {
        var plan = Plan(mlp, "quick");
        var other = SmallTask.Table([5], 128, "other", 0);
        string[] hashes =
        [
            plan.Hash(),
            Plan(mlp, "standard").Hash(),
            Plan(cnn, "quick").Hash(),
            Plan(mlp, "quick", new(null, 7, [])).Hash(),
            Plan(mlp, "quick", new("mlp-7", null, [])).Hash(),
            Plan(mlp, "quick", new(null, null, [Fixtures.PathOf("mlp-traced.pt")])).Hash(),
            EnsemblePlan.Make(mlp.Target, mlp.Workshop.Task, mlp.Data, 2, "quick", EnsembleOptions.Default).Hash(),
            EnsemblePlan.Make(mlp.Target, mlp.Workshop.Task, mlp.Data with { Owner = other }, 1, "quick", EnsembleOptions.Default).Hash(),
            EnsemblePlan.Make(mlp.Target, mlp.Workshop.Task, mlp.Data with { Public = other }, 1, "quick", EnsembleOptions.Default).Hash(),
            EnsemblePlan.Make(mlp.Target, mlp.Workshop.Task, mlp.Data with { Irrelevant = [other] }, 1, "quick", EnsembleOptions.Default).Hash(),
            (plan with { TargetSha256 = "other" }).Hash(),
            (plan with { LastLayer = "hidden" }).Hash(),
            (plan with { Members = [.. plan.Members.Reverse()] }).Hash(),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{64}$", hash));
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("paper")]
    public void A_plan_that_was_written_is_read_as_the_same_plan(string profile)
    {
        foreach (var task in new[] { mlp, cnn })
        {
            var plan = Plan(task, profile, new(null, null, [Fixtures.PathOf("classifier-logits.pt")]));

            var read = JsonSerializer.Deserialize<EnsemblePlan>(plan.ToJson(), EnsemblePlan.Json)!;

            Assert.Equal(plan.Members, read.Members);
            Assert.Equal(plan.Hash(), read.Hash());
            Assert.Equal(plan.ToJson(), read.ToJson());
        }
    }

    [Fact]
    public void A_written_plan_holds_recipes_with_their_parameters_and_nothing_else()
    {
        var plan = Plan(cnn, "paper", new(null, null, [Fixtures.PathOf("classifier-logits.pt")]));
        var recipes = JsonNode.Parse(plan.ToJson())!["members"]!.AsArray().Select(member => member!["recipe"]!.AsObject()).ToList();

        string[] Properties(string kind) => [.. recipes.First(recipe => (string?)recipe["recipe"] == kind).Select(property => property.Key)];
        Assert.Equal(["recipe", "ratio", "scope", "criterion", "recovery"], Properties("weight-pruning"));
        Assert.Equal(["recipe", "ratio", "criterion", "recovery"], Properties("filter-pruning"));
        Assert.Equal(["recipe", "layers", "training", "repeat"], Properties("fine-tuning"));
        Assert.Equal(["recipe", "layers", "training", "repeat"], Properties("retraining"));
        Assert.Equal(["recipe", "share", "recovery"], Properties("shrink-perturb"));
        Assert.Equal(["recipe", "student", "training", "temperature", "repeat"], Properties("distillation"));
        Assert.Equal(["recipe", "architecture", "source", "training", "repeat"], Properties("independent-training"));
        Assert.Equal(["recipe", "path", "sha256"], Properties("listed-model"));
        Assert.Equal(
            ["architecture"],
            recipes.Where(recipe => recipe["architecture"] is JsonObject).Select(recipe => recipe["architecture"]!.AsObject())
                .First(architecture => (string?)architecture["architecture"] == "target").Select(property => property.Key));
    }

    [Fact]
    public void A_chains_lineage_is_the_member_it_starts_from()
    {
        var plan = Plan(cnn, "standard");
        foreach (var member in plan.Members)
        {
            Assert.Equal(member.Parent ?? member.Id, plan.Lineage(member));
        }

        Assert.Equal(4, plan.Members.Count(member => member.Parent is not null));
    }

    [Fact]
    public void A_listed_model_is_refused_when_the_plan_is_made_if_it_cannot_be_read() =>
        Assert.Equal("UTAF1103", Fixtures.CodeOf(() => Plan(mlp, "quick", new(null, null, [Fixtures.PathOf("truncated.pt")]))));

    [Fact]
    public void A_model_that_is_listed_twice_is_one_member()
    {
        var path = Fixtures.PathOf("mlp-traced.pt");

        Assert.Single(Plan(mlp, "quick", new(null, null, [path, path])).Members, member => member.Recipe is ListedModel);
    }

    [Fact]
    public void Independent_models_learn_the_owners_and_public_data_in_every_architecture()
    {
        var trainings = Plan(cnn, "standard").Members.Select(member => member.Recipe).OfType<IndependentTraining>().ToList();

        foreach (var source in (DataSource[])[DataSource.Owner, DataSource.Public])
        {
            Assert.Equal(6, trainings.Where(training => training.Source == source).Select(training => training.Architecture.Id).Distinct().Count());
        }
    }

    [Fact]
    public void Students_have_other_architectures_and_sizes() =>
        Assert.Equal(4, Plan(cnn, "quick").Members.Select(member => member.Recipe).OfType<Distillation>().Select(recipe => recipe.Student.Id).Distinct().Count());

    public void Dispose()
    {
        mlp.Dispose();
        cnn.Dispose();
        scope.Dispose();
    }

    private static EnsemblePlan Plan(SmallTask task, string profile, EnsembleOptions? options = null) =>
        EnsemblePlan.Make(task.Target, task.Workshop.Task, task.Data, 1, profile, options ?? EnsembleOptions.Default);

    private static (string Name, int Count)[] Families(EnsemblePlan plan) =>
        [.. plan.Members.Where(member => !plan.IsForTrainingAlone(member)).GroupBy(member => member.Family).Select(family => (family.Key, family.Count())).OrderBy(family => family.Key, StringComparer.Ordinal)];
}
