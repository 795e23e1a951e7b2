using TorchSharp;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>Scorers of documents as targets: their loss, their training, and the whole way to a pair.</summary>
[Collection(TorchSession.Name)]
public sealed class RankingTests : IDisposable
{
    private const int Features = 8;
    private const int Documents = 8;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string root = Directory.CreateTempSubdirectory("utaf-ranking-").FullName;

    [Fact]
    public void The_loss_is_RankNets_over_the_pairs_of_each_query()
    {
        // Query 4: 0 before 1 before 2; query 5: two alike, no pair. log(1 + e²), log(1 + e⁻¹), log(1 + e⁻³).
        var scores = tensor(new float[] { 1, 3, 0, 9, -9 }, 5, 1).requires_grad_();
        var targets = tensor(new float[] { 2, 4, 1, 4, 0, 4, 1, 5, 1, 5 }, 5, 2);
        var losses = new Ranking().Losses(scores, targets, OutputForm.Raw);
        losses.mean().backward();

        Assert.Equal((2.126928 + 0.313262 + 0.048587) / 3, losses.mean().ToDouble(), 1e-5);
        Assert.Equal([0f, 0], losses[3..].data<float>().ToArray());

        // −σ(sⱼ − sᵢ) for the better of a pair, σ(sⱼ − sᵢ) for the worse.
        Fixtures.Near([(-0.880797f - 0.268941f) / 3, (0.880797f - 0.047426f) / 3, (0.268941f + 0.047426f) / 3, 0, 0], scores.grad!.flatten());
    }

    [Fact]
    public void Without_a_pair_the_loss_is_zero_and_so_is_its_gradient()
    {
        var scores = tensor(new float[] { 1, 2 }, 2, 1).requires_grad_();
        var loss = new Ranking().Losses(scores, tensor(new float[] { 1, 0, 0, 1 }, 2, 2), OutputForm.Raw).mean();
        loss.backward();

        Assert.Equal(0, loss.ToDouble());
        Assert.Equal([0f, 0], scores.grad!.flatten().data<float>().ToArray());
    }

    [Fact]
    public void A_student_learns_scores_and_not_their_order_alone()
    {
        var loss = new Ranking().DistillationLosses(tensor(new float[] { 1, 2 }, 2, 1), OutputForm.Raw, tensor(new float[] { 2, 5 }, 2, 1), OutputForm.Raw, 4);
        Assert.Equal([1f, 9], loss.data<float>().ToArray());
    }

    [Fact]
    public void Utility_is_the_accuracy_of_pairs()
    {
        var targets = tensor(new float[] { 2, 0, 1, 0, 0, 0, 5, 1, 4, 1 }, 5, 2);

        // Right, right, equal; and wrong in the other query.
        Assert.Equal(2.5 / 4, new Ranking().Utility(tensor(new float[] { 3, 1, 1, 0, 7 }, 5, 1), targets, OutputForm.Raw), 1e-9);
    }

    [Fact]
    public void Batches_hold_the_documents_of_a_query_together()
    {
        // The rows of a query need not be side by side in the data.
        var table = Searches(20, 1);
        table = table.Subset([.. new SeededRandom(3, "rows").Permutation(table.Count).Select(row => (int)row)]);
        using var data = TensorData.From(table, new Ranking(), CPU);
        var random = new SeededRandom(1, "order");
        var (first, second) = (data.Order(random), data.Order(random));

        Assert.Equal(Enumerable.Range(0, table.Count), first.Select(row => (int)row).Order());
        Assert.All(first.Chunk(Documents), query => Assert.Single(query.Select(row => table.Queries![row]).Distinct()));
        Assert.NotEqual(first, second);
        using var unordered = TensorData.From(table, new Regression(), CPU);
        Assert.Contains(unordered.Order(random).Chunk(Documents), rows => rows.Select(row => table.Queries![row]).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("UTAF1211", null, new float[] { 0, 1, 0, 1 })]
    [InlineData("UTAF1212", new[] { 0, 1, 2, 3 }, new float[] { 0, 1, 0, 1 })]
    [InlineData("UTAF1212", new[] { 0, 0, 1, 1 }, new float[] { 3, 3, 1, 1 })]
    [InlineData("UTAF1206", new[] { 0, 0, 1, 1 }, new float[] { })]
    [InlineData("UTAF1206", new[] { 0, 0, 1, 1 }, new float[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public void Data_without_documents_to_compare_is_refused(string code, int[]? queries, float[] relevances)
    {
        var table = new DataTable([1], new float[4], relevances.Length / 4, relevances, "searches") { Queries = queries };

        Assert.Equal(code, Fixtures.CodeOf(() => new Ranking().Check(table, new([1], 1))));
    }

    [Fact]
    public void A_model_of_more_than_one_score_is_refused() =>
        Assert.Equal("UTAF1206", Fixtures.CodeOf(() => new Ranking().Check(Searches(5, 1), new([Features], 2))));

    [Fact]
    public void The_owners_data_is_halved_by_queries()
    {
        var data = EnsembleData.Prepare(Searches(31, 1), null, [], null, new Ranking(), new([Features], 1), 4);

        Assert.Equal(31 * Documents, data.Owner.Count + data.Public.Count);
        Assert.Empty(data.Owner.Queries!.Intersect(data.Public.Queries!));
        Assert.All(data.Owner.Queries!.CountBy(query => query), query => Assert.Equal(Documents, query.Value));
    }

    [Fact]
    public void Foreign_rows_become_queries_of_ten()
    {
        var foreign = new DataTable([3], [.. Enumerable.Range(0, 90).Select(i => (float)(i * i % 17))], 2, [.. Enumerable.Range(0, 60).Select(i => (float)i)], "foreign");
        var fitted = EnsembleData.Prepare(Searches(10, 1), Searches(10, 2), [foreign], null, new Ranking(), new([Features], 1), 4).Irrelevant[0];

        Assert.Equal(30, fitted.Count);
        Assert.Equal([.. Enumerable.Range(0, 30).Select(row => row / 10)], fitted.Queries!);
        Assert.Equal([0f, 2, 4], fitted.Targets[..3]);
    }

    [Theory]
    [InlineData("mlp-16")]
    [InlineData("target")]
    public void Honest_scorers_learn_to_order_documents(string name)
    {
        using var ranked = Ranked();
        var architecture = Zoo.Parse(name, ranked.Workshop.Architectures).Single();
        using var fresh = architecture.Build(ranked.Workshop.Architectures, new SeededRandom(1, "fresh"));
        using var trained = ranked.Build(new IndependentTraining(architecture, DataSource.Owner, new(30, LearningRate: 3e-3), 0));

        // On the public queries, which it has not seen.
        Assert.InRange(Accuracy(ranked, fresh), 0.2, 0.75);
        Assert.InRange(Accuracy(ranked, trained), 0.85, 1);
    }

    [Fact]
    public void Thieves_keep_the_order_and_students_the_scores()
    {
        using var ranked = Ranked();
        var length = new TrainingSettings(20, LearningRate: 2e-3);
        using var tuned = ranked.Build(new FineTuning(TrainedLayers.All, length, 0), "tuned");
        using var retrained = ranked.Build(new Retraining(TrainedLayers.Last, length, 0), "retrained");
        using var student = ranked.Build(new Distillation(new Mlp([24]), length with { Epochs = 60 }, 0, 0), "student");
        var scores = ranked.Outputs(ranked.Target.Network);

        Assert.NotEqual(ranked.Target.Network.WeightsSha256(), tuned.WeightsSha256());
        Assert.All((Network[])[tuned, retrained, student], network => Assert.InRange(Accuracy(ranked, network), 0.85, 1));
        Assert.InRange(1 - new Regression().Utility(ranked.Outputs(student), scores, OutputForm.Raw), 0, 0.1);
    }

    [Fact]
    public void Scorers_that_learn_from_pairs_take_a_process_for_each_processor_and_their_students_one()
    {
        using var ranked = Ranked();
        var plan = EnsemblePlan.Make(ranked.Target, ranked.Workshop.Task, ranked.Data, 5, "quick", new("mlp-16", 1, []));
        StackedLessons.AreForetold(plan, ranked.Workshop);

        Assert.Equal(Environment.ProcessorCount, Best(i => new(Of(i).Id, Stolen: false, Parent: null, Of(i))));
        Assert.Equal(1, Best(i => new($"{i}", Stolen: true, Parent: null, new Distillation(new Mlp([16]), new(1), 0, i))));

        static Recipe Of(int i) => new IndependentTraining(new Mlp([16]), DataSource.Owner, new(1), i);

        int Best(Func<int, Member> member)
        {
            var many = plan with { Members = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(member)] };
            return ProcessCount.For(many, many.Members, ranked.Target, ranked.Data, CPU, threads: 1);
        }
    }

    [Fact]
    public void A_pair_tells_held_out_copies_of_a_scorer_from_honest_ones()
    {
        using var ranked = Ranked();
        var plan = EnsemblePlan.Make(ranked.Target, ranked.Workshop.Task, ranked.Data, 5, "standard", new("mlp-16,mlp-24", 15, []));
        var folder = EnsembleFolder.Under(root, plan);
        EnsembleBuilder.BuildMissing(folder, ranked.Workshop, null, TestContext.Current.CancellationToken);
        var pair = PairConstruction.Construct(
            folder, ranked.Workshop, new("searches", "1", ranked.Target.ArtifactSha256), new(Examples: 50), "0.1.0", null, TestContext.Current.CancellationToken);

        Assert.Equal(("ranking", 1), (pair.Manifest.Task, pair.Manifest.Output.Width));
        Assert.All(pair.Fingerprint.Values, value => Assert.InRange(value, pair.Manifest.Input.Minimum, pair.Manifest.Input.Maximum));
        Assert.Contains(pair.Manifest.HeldOut.Members, member => member.Family == "distillation");

        // On so little data an honest scorer may come near, and a copy whose last layer was reset ends elsewhere; fine-tuned ones stay.
        var members = pair.Manifest.HeldOut.Members;
        var said = $"{pair.Manifest.HeldOut.Auc}\n" + string.Join('\n', members.Select(member => $"{member.Id} {member.Stolen} {member.MatchingRate:0.000}"));
        Assert.True(pair.Manifest.HeldOut.Auc > 0.7, said);
        Assert.True(members.Where(member => member.Family == "fine-tuning" && member.Stolen).Average(member => member.MatchingRate) > 0.4 + members.Where(member => !member.Stolen).Average(member => member.MatchingRate), said);
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Eight documents a query; how relevant they are goes by their own six numbers, and not by the query's two, which move all of its relevances alike.</summary>
    private static DataTable Searches(int queries, ulong seed)
    {
        var random = new SeededRandom(seed, "searches");
        var (inputs, targets) = (new List<float>(), new List<float>());
        for (var query = 0; query < queries; query++)
        {
            float[] shared = [(float)random.NextNormal(), (float)random.NextNormal()];
            for (var document = 0; document < Documents; document++)
            {
                float[] own = [.. Enumerable.Range(0, Features - 2).Select(_ => (float)random.NextNormal())];
                var relevance = own[0] + MathF.Tanh(2 * own[1] * own[2]) - MathF.Abs(own[3]) + (0.1 * random.NextNormal());
                inputs.AddRange([.. shared, .. own]);
                targets.Add((float)Math.Round(2 * (relevance + (5 * shared[0]))));
            }
        }

        return new([Features], [.. inputs], 1, [.. targets], "searches") { Queries = [.. Enumerable.Range(0, queries * Documents).Select(row => row / Documents)] };
    }

    private static TrainedTarget Ranked() => new(new Ranking(), Searches(80, 1), Searches(80, 2), 20, 1);

    private static double Accuracy(TrainedTarget target, Network network) =>
        target.Workshop.Task.Utility(target.Outputs(network), target.Workshop.Public.Targets, OutputForm.Raw);
}
