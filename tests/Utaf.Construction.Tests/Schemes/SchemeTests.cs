using TorchSharp;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Schemes.Tests;

/// <summary>On linear models, whose boundaries and answers are known.</summary>
[Collection(TorchSession.Name)]
public sealed class SchemeTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly List<IDisposable> owned = [];

    [Fact]
    public void A_score_of_conferae_is_the_copies_share_times_what_the_references_leave()
    {
        // Class 1 of an input at 0.5 is predicted from a boundary below it on.
        using var inputs = tensor([0.5f, 0], 1, 2);
        var models = Models([Split(0.4f), Split(0.4f), Split(0.4f), Split(0.6f)], [Split(0.6f), Split(0.6f), Split(0.4f), Split(0.6f)]);

        using var score = ConferAe.Score(models, inputs);

        // Transfer(S, 1) = 3/4 and Transfer(R, 1) = 1/4; class 0: 1/4 and 3/4.
        Assert.Equal([0.25f * 0.25f, 0.75f * 0.75f], score.data<float>().ToArray());
    }

    [Fact]
    public void Conferae_finds_inputs_between_the_boundaries_of_copies_and_of_honest_models()
    {
        // Beside the boundary: further inside a class the objective's term γ, sureness, outweighs the way to the other side.
        var context = Context(Split(0.45f, sharpness: 200), [0.4495f, 0.4496f, 0.4497f, 0.4498f], labels: 0) with
        {
            Models = Models([Split(0.45f, sharpness: 200)], [Split(0.7f, sharpness: 200)]),
        };

        var built = new ConferAe(Epsilon: 0.1, Examples: 4, LearningRate: 5e-3).Build(context);

        Assert.Equal(4, built.Count);
        Assert.All(built.Queries.Chunk(2), x => Assert.InRange(x[0], 0.454, 0.5501));
        Assert.Equal(1, built.Ask(context.Target, context.Task).Score);
        Assert.Equal(0, built.Ask(Split(0.7f), context.Task).Score);

        // With other models of the same weights: with the same ones what was moved before would be taken again.
        var again = context with { Models = Models([Split(0.45f, sharpness: 200)], [Split(0.7f, sharpness: 200)]) };
        Assert.Equal(built.Queries, new ConferAe(Epsilon: 0.1, Examples: 4, LearningRate: 5e-3).Build(again).Queries);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Conferae_goes_the_way_that_one_graph_over_all_models_would(int outputs)
    {
        var random = new Random(outputs);
        Network[] surrogates = [Any(OutputForm.Logits), Any(OutputForm.Probabilities), Any(OutputForm.Logits)];
        Network[] references = [Any(OutputForm.Logits), Any(OutputForm.Logits), Any(OutputForm.Probabilities)];
        var context = Context(Any(OutputForm.Logits), [0.2f, 0.5f, 0.8f], labels: 0) with { Models = Models(surrogates, references) };
        var scheme = new ConferAe(Epsilon: 0.2, Iterations: 30, LearningRate: 0.02, Kept: 1);

        using var moved = scheme.Moved(context, context.Inputs, new SeededRandom(1, "models"));

        var x = context.Inputs.clone();
        var adam = new InputAdam(x, context.Box.Span, scheme.LearningRate);
        var before = Probabilities(context.Target, x);
        for (var step = 0; step < scheme.Iterations; step++)
        {
            var point = x.detach().requires_grad_();
            var (after, surrogate, reference) = (Probabilities(context.Target, point), Mean(surrogates, point), Mean(references, point));
            var agreed = (surrogate * (1 - reference)).softmax(1).amax([1L]).log();
            var loss = -agreed.sum() + (before * after.log()).sum() - (after * surrogate.log()).sum();
            x = (x - adam.Move(autograd.grad([loss], [point])[0])).minimum(context.Inputs + 0.2).maximum(context.Inputs - 0.2).clamp(0, 1).detach();
        }

        Assert.True((moved - context.Inputs).abs().min().ToSingle() > 0.02, "an input hardly moved");
        Assert.InRange((moved - x).abs().max().ToSingle(), 0, 1e-4);

        Network Any(OutputForm form)
        {
            float[] numbers = [.. Enumerable.Range(0, 3 * outputs).Select(_ => (float)((4 * random.NextDouble()) - 2))];
            var network = Of(numbers[..^outputs], numbers[^outputs..], outputs);
            if (form == OutputForm.Logits)
            {
                return network;
            }

            nn.Module<Tensor, Tensor> last = outputs == 1 ? nn.Sigmoid() : nn.Softmax(1);
            var served = new Network(new Mlp([]), nn.Sequential((nn.Module<Tensor, Tensor>)network.Module, last), form).Freeze();
            owned.Add(served);
            return served;
        }

        static Tensor Probabilities(Network network, Tensor inputs) => ClassScores.Logits(network, inputs).softmax(1);

        static Tensor Mean(Network[] models, Tensor inputs) => stack([.. models.Select(model => Probabilities(model, inputs))], 0).mean([0L]);
    }

    [Fact]
    public void Conferae_tells_that_honest_models_share_what_copies_confuse_or_that_there_are_no_models()
    {
        var context = Context(Split(0.45f, sharpness: 200), [0.44f, 0.43f], labels: 0);
        var alone = Assert.Throws<UtafException>(() => new ConferAe().Build(context));
        Assert.Contains("0 distilled copies", alone.Message, StringComparison.Ordinal);

        var alike = context with { Models = Models([Split(0.45f)], [Split(0.45f)]) };
        Assert.Equal("UTAF1503", Assert.Throws<UtafException>(() => new ConferAe().Build(alike)).Diagnostic.Code);
    }

    [Fact]
    public void Decision_distances_are_the_cosine_distances_within_pairs()
    {
        // The first pair answers alike, the second at right angles, the third the other way.
        using var answers = tensor([1f, 0, 1, 0, 1, 1, 2, 0, 0, 3, -1, -1], 6, 2);

        Assert.Equal([0, 1, 2], ModelDiff.DecisionDistances(answers), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Modeldiff_gives_the_target_1_and_a_model_that_answers_alike_within_every_pair_0()
    {
        var context = Context(Split(0.5f), [0.2f, 0.4f, 0.6f, 0.8f], labels: 0);
        var built = new ModelDiff(Pairs: 2).Build(context);

        Assert.Equal(4, built.Count);
        Assert.Equal(1, built.Ask(context.Target, context.Task).Score, 1e-6);
        Assert.All(built.Queries.Chunk(2).Take(2).Zip(built.Queries.Chunk(2).Skip(2)), pair => Assert.InRange(Math.Abs(pair.First[0] - pair.Second[0]), 0, 0.0601));
        Assert.Equal(built.Queries, new ModelDiff(Pairs: 2).Build(context).Queries);

        // One that answers alike within every pair has no part in any of the target's distances.
        using var constant = tensor([1f, 2, 1, 2, 1, 2, 1, 2], 4, 2);
        Assert.Equal(0, built.Score(constant), 1e-6);
    }

    [Fact]
    public void Sac_gives_the_target_1_and_answers_in_another_order_less()
    {
        var context = Context(Split(0.5f), [0.05f, 0.45f, 0.5f, 0.7f], labels: 0);
        var built = new SampleCorrelation(Examples: 4).Build(context);
        using var inputs = tensor(built.Queries, built.Shape);
        using var answers = context.Target.Forward(inputs).softmax(1);
        using var permuted = answers.index_select(0, tensor([2L, 0, 3, 1]));

        Assert.Equal(1, built.Ask(context.Target, context.Task).Score, 1e-6);
        Assert.InRange(built.Score(permuted), 0.0, 0.99);
    }

    [Fact]
    public void Sac_scores_a_model_that_answers_everything_alike_e_to_minus_1()
    {
        var context = Context(Split(0.5f), [0.05f, 0.45f, 0.55f, 0.95f], labels: 0);
        using var alike = tensor([0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], 4, 2);

        Assert.Equal(Math.Exp(-1), new SampleCorrelation(Examples: 4).Build(context).Score(alike), 1e-6);
        Assert.Equal(Math.Exp(-4), new SampleCorrelation(Spread: 0.25, Examples: 4).Build(context).Score(alike), 1e-6);
    }

    [Fact]
    public void One_output_has_no_direction_to_compare()
    {
        var context = Context(Of([1, 0], [0], 1), [0.2f, 0.8f], labels: 0);

        Assert.Equal("UTAF1504", Assert.Throws<UtafException>(() => new ModelDiff().Build(context)).Diagnostic.Code);
        Assert.Equal("UTAF1504", Assert.Throws<UtafException>(() => new SampleCorrelation().Build(context)).Diagnostic.Code);
    }

    [Fact]
    public void A_classifier_of_one_output_has_two_classes()
    {
        // z = 4x − 2: the second class from x = 0.5 on.
        var context = Context(Of([4, 0], [-2], 1), [0.2f, 0.4f], labels: 0);

        var built = new DeepFool(Examples: 2).Build(context);

        Assert.All(built.Queries.Chunk(2), x => Assert.InRange(x[0], 0.5, 0.51));
        Assert.Equal(1, built.Ask(context.Target, context.Task).Score);
        Assert.Equal(0, built.Ask(Of([4, 0], [-3], 1), context.Task).Score);
    }

    [Fact]
    public void Deepfool_leaves_out_seeds_that_never_flip()
    {
        // The box ends at 1 and the boundary is at 2.
        var context = Context(Split(2f), [0.2f, 0.4f], labels: 0);
        var error = Assert.Throws<UtafException>(() => new DeepFool(Examples: 2).Build(context));
        Assert.Equal("UTAF1503", error.Diagnostic.Code);
        Assert.Contains("none of 2 seeds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_of_ipguard_are_those_of_the_formula()
    {
        using var logits = tensor([3f, 1, 2, 0, 1, 5], 2, 3);
        using var from = tensor([0L, 1], 2, 1);
        using var to = tensor([1L, 0], 2, 1);

        using var losses = IpGuard.Losses(logits, from, to, 0.5);

        // ReLU(3 − 1 + 0.5) + ReLU(2 − 3); ReLU(1 − 0 + 0.5) + ReLU(5 − 1).
        Assert.Equal([2.5f, 5.5f], losses.data<float>().ToArray());
    }

    [Theory]
    [InlineData(NeighbourClass.LeastLikely)]
    [InlineData(NeighbourClass.Random)]
    public void Ipguard_tells_how_many_seeds_arrived(NeighbourClass neighbour)
    {
        var context = Context(Split(0.5f), [0.48f, 0.1f], labels: 0);

        // 0.01 an iteration at most: the first is 0.02 from the boundary and the other 0.4.
        var built = new IpGuard(Margin: 0.01, Neighbour: neighbour, LearningRate: 0.01, Iterations: 10, Examples: 2).Build(context);

        Assert.StartsWith("1 of 2", built.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_images_are_of_two_of_the_owners()
    {
        using var images = stack([.. Enumerable.Range(0, 6).Select(i => full([1, 4, 4], i / 8f))], 0);
        var layer = nn.Linear(16, 2);
        var network = new Network(new Mlp([]), nn.Sequential(nn.Flatten(), layer), OutputForm.Logits).Freeze();
        owned.Add(network);
        var box = InputBox.Of(new DataTable([1, 4, 4], [.. Enumerable.Repeat(0f, 16), .. Enumerable.Repeat(1f, 16)], 1, [0, 0], "box"), images: true, CPU);
        owned.Add(box);

        var built = new SampleCorrelation(CorrelationInputs.Mixed, Examples: 6).Build(new(network, new Classification(), images, zeros(6, ScalarType.Int64), box, 1));

        Assert.Equal([6, 1, 4, 4], built.Shape);
        Assert.All(built.Queries.Chunk(16), image => Assert.InRange(image.Distinct().Count(), 1, 2));
        Assert.Contains(built.Queries.Chunk(16), image => image.Distinct().Count() == 2);
    }

    public void Dispose()
    {
        owned.ForEach(disposable => disposable.Dispose());
        scope.Dispose();
    }

    private TrainingNetworks Models(Network[] surrogates, Network[] references)
    {
        var models = new TrainingNetworks(() => new(
            [.. surrogates.Select((_, i) => $"copy-{i}"), .. references.Select((_, i) => $"honest-{i}")],
            [.. surrogates.Select(_ => true), .. references.Select(_ => false)],
            [.. surrogates.Concat(references).Select((network, place) => new SingleMember(place, _ => new WholeNetwork(network), new Classification()))]));
        owned.Add(models);
        return models;
    }

    /// <summary>Class 0 below a boundary of the first input, class 1 above it.</summary>
    private Network Split(float boundary, float sharpness = 10) => Of([-sharpness, 0, sharpness, 0], [sharpness * boundary, -sharpness * boundary], 2);

    private Network Of(float[] weights, float[] bias, int outputs)
    {
        var layer = nn.Linear(2, outputs);
        using (no_grad())
        {
            layer.weight!.copy_(tensor(weights, outputs, 2));
            layer.bias!.copy_(tensor(bias));
        }

        var network = new Network(new Mlp([]), layer, OutputForm.Logits).Freeze();
        owned.Add(network);
        return network;
    }

    private SchemeContext Context(Network target, float[] firstInputs, long labels)
    {
        var box = InputBox.Of(new DataTable([2], [0, 0, 1, 1], 1, [0, 0], "box"), images: false, CPU);
        owned.Add(box);
        float[] inputs = [.. firstInputs.SelectMany(x => (float[])[x, 0.5f])];
        return new(target, new Classification(), tensor(inputs, firstInputs.Length, 2), full([firstInputs.Length], labels, dtype: ScalarType.Int64), box, 1);
    }
}
