using TorchSharp;
using Utaf.Models;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class SyntheticAnswersTests(BuiltEnsembles ensembles) : IClassFixture<BuiltEnsembles>, IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Unrelated_answers_of_a_classifier_are_probabilities()
    {
        manual_seed(1);
        var answers = randn(6, 10, 3).softmax(2).view(6, 30);

        var (synthetic, source) = From("classification", answers, positives: 3);
        var made = synthetic.Unrelated(source, 40);

        Assert.Equal([40, 30], made.shape);
        Assert.True(made.min().item<float>() >= 0);
        Assert.True((made.view(40, 10, 3).sum(2) - 1).abs().max().item<float>() < 1e-5f);
        Assert.True(made.std([0]).min().item<float>() > 0.01f);
    }

    [Fact]
    public void Unrelated_answers_of_a_regressor_have_the_scale_of_the_members()
    {
        manual_seed(1);
        var answers = (randn(6, 50) * 15) + 30;

        var (synthetic, source) = From("regression", answers, positives: 3);
        var made = synthetic.Unrelated(source, 200);

        Assert.Equal([200, 50], made.shape);
        Assert.Equal(30, made.mean().item<float>(), 3f);
        Assert.InRange(made.std().item<float>(), 8, 30);
    }

    [Fact]
    public void Damaged_answers_lie_between_a_positive_and_the_emptied_target()
    {
        var workshop = ensembles.Of("regression").Workshop;
        var bias = workshop.Target.Network.Parameters[^1].Tensor.detach()[0].item<float>();
        var positives = tensor(new float[] { 10, 20, -10, -20 }, 2, 2) + bias;

        var (synthetic, source) = From("regression", cat([positives, positives + 1000]), positives: 2);
        var made = synthetic.Damaged(source, 100) - bias;

        var (first, second) = (made.select(1, 0).data<float>().ToArray(), made.select(1, 1).data<float>().ToArray());
        Assert.All(first, value => Assert.InRange(value, -10, 10));
        Assert.All(first.Zip(second), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-3f));
        Assert.True(first.Max() > 5 && first.Min() < -5 && first.Select(MathF.Abs).Min() < 2);
    }

    [Fact]
    public void Relearned_answers_keep_most_of_the_target_and_differ_from_it_as_honest_models_do_from_each_other()
    {
        manual_seed(1);

        // The target answers 100 to the first query; honest models answer −10 and 10 to the second, and no positive counts.
        var answers = tensor(new float[] { 100, 0, 0, 500, 500, 500, 0, -10, 0, 0, 10, 0 }, 4, 3);

        var (synthetic, source) = From("regression", answers, positives: 2);
        var made = synthetic.Relearned(source, new(0.4, 400, 1));

        var (first, second) = (made.select(1, 0).data<float>().ToArray(), made.select(1, 1).data<float>().ToArray());
        Assert.Equal([400, 3], made.shape);
        Assert.All(first, value => Assert.InRange(value, 60, 100));
        Assert.True(first.Max() - first.Min() > 30);
        Assert.All(second, value => Assert.InRange(value, -24, 24));
        Assert.True(second.Max() > 10 && second.Min() < -10);
        Assert.All(made.select(1, 2).data<float>().ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("classification", 32, 32, 0)]
    [InlineData("regression", 32, 16, 16)]
    public void Made_up_answers_weigh_what_their_task_says(string name, int unrelated, int relearned, int damaged)
    {
        var (task, objective) = (LearningTask.Parse(name), new Objective([true, true, false, false], new(), CPU));
        var answers = rand(4, 3);

        using var known = new VerifierLoss(objective, SyntheticAnswers.For(ensembles.Of(name).Workshop)).Prepare(answers, OutputStandards.OfTarget(answers, reading: null));

        Assert.Equal(4 + unrelated + relearned + damaged, known.Weights.shape[0]);
        var made = known.Weights.narrow(0, 4, known.Weights.shape[0] - 4).sum([0L]);
        Assert.Equal(task.UnrelatedWeight, made[0].item<float>(), 1e-4f);
        Assert.Equal(task.Relearned!.Weight + (damaged > 0 ? 0.2 : 0), made[1].item<float>(), 1e-4f);
    }

    [Fact]
    public void Relearned_answers_of_a_classifier_are_probabilities()
    {
        manual_seed(1);
        var answers = (randn(6, 10, 3) * 3).softmax(2).view(6, 30);

        var (synthetic, source) = From("classification", answers, positives: 3);
        var made = synthetic.Relearned(source, new(0.9, 40, 1)).view(40, 10, 3);

        Assert.True(made.min().item<float>() >= 0);

        // What is below the floor is 0 again, and the others of its answer are as they were.
        Assert.True((made.sum(2) - 1).abs().max().item<float>() < 1e-3f);
    }

    [Fact]
    public void Relearned_answers_of_a_classifier_are_mixed_as_logarithms()
    {
        manual_seed(1);

        // One honest model, so that nothing is left to chance: each class's logarithm is on the way from the target's to its.
        var answers = tensor(new float[] { 0.9f, 0.09f, 0.01f, 0.1f, 0.2f, 0.7f }, 2, 3);

        var (synthetic, source) = From("classification", answers, positives: 1);
        var made = synthetic.Relearned(source, new(0.9, 50, 1));

        var (second, third) = (Shares(1), Shares(2));
        Assert.All(second, share => Assert.InRange(share, -0.02f, 0.92f));
        Assert.True(second.Max() > 0.7f && second.Min() < 0.2f);
        Assert.All(second.Zip(third), pair => Assert.Equal(pair.First, pair.Second, 0.03f));

        // How far the log-ratio of the first class to another has gone from the target's to the honest model's.
        float[] Shares(int place)
        {
            float[] ratios = [.. (cat([answers, made]).select(1, 0) / cat([answers, made]).select(1, place)).log().data<float>()];
            return [.. ratios[2..].Select(ratio => (ratio - ratios[0]) / (ratios[1] - ratios[0]))];
        }
    }

    [Fact]
    public void Two_classes_are_mixed_the_same_as_one_number_and_as_two()
    {
        var task = LearningTask.Parse("classification");
        var one = tensor(new float[] { 0.2f, 0.9f, 0, 1 }, 4, 1);

        Assert.True((Mixed(one).select(1, 0) - Mixed(cat([1 - one, one], 1)).select(1, 1)).abs().max().item<float>() < 1e-6f);

        // The first two on their way to the last two.
        Tensor Mixed(Tensor products)
        {
            var given = task.ToMix(products);
            return task.FromMix((given.narrow(0, 0, 2) * 0.3) + (given.narrow(0, 2, 2) * 0.7));
        }
    }

    [Theory]
    [InlineData("classification")]
    [InlineData("regression")]
    [InlineData("generation")]
    [InlineData("embedding")]
    [InlineData("ranking")]
    public void A_task_says_whether_it_varies_in_sureness(string name)
    {
        manual_seed(2);
        var task = LearningTask.Parse(name);
        var products = rand(3, 4, 2);

        Assert.Equal(task.VariesInSureness, (task.OtherwiseSure(products) - products).abs().max().item<float>() > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_classifiers_products_go_to_the_scale_of_mixing_and_back(int width)
    {
        manual_seed(1);
        var task = LearningTask.Parse("classification");
        var scores = randn(20, width) * 3;
        var products = width == 1 ? scores.sigmoid() : scores.softmax(1);

        Assert.True((task.FromMix(task.ToMix(products)) - products).abs().max().item<float>() < 1e-6f);
        var ends = width == 1 ? tensor(new float[] { 0, 1 }, 2, 1) : tensor(new float[] { 1, 0, 0, 0 }, 1, 4);
        Assert.True((task.FromMix(task.ToMix(ends)) - ends).abs().max().item<float>() < 1e-6f);
    }

    [Fact]
    public void Otherwise_sure_answers_of_a_classifier_keep_the_label_and_change_the_confidence()
    {
        manual_seed(1);
        var answers = (randn(6, 10, 3) * 3).softmax(2);

        var made = SyntheticAnswers.For(ensembles.Of("classification").Workshop).OtherwiseSure(answers.view(6, 30)).view(6, 10, 3);

        Assert.Equal(answers.argmax(2).data<long>(), made.argmax(2).data<long>());
        Assert.True((made.sum(2) - 1).abs().max().item<float>() < 1e-5f);
        Assert.True((made - answers).abs().amax([1, 2]).min().item<float>() > 1e-3f);
    }

    [Fact]
    public void A_regressors_answers_are_as_sure_as_they_were()
    {
        var answers = randn(6, 10);

        Assert.Equal(answers.data<float>(), SyntheticAnswers.For(ensembles.Of("regression").Workshop).OtherwiseSure(answers).data<float>());
    }

    [Theory]
    [InlineData("regression", 1e6f)]
    [InlineData("regression", 1e-6f)]
    [InlineData("classification", 30)]
    public void The_verifiers_loss_and_its_gradients_are_finite_on_extreme_answers(string task, float scale)
    {
        manual_seed(1);
        var raw = randn(5, 8, 3) * scale;
        var answers = (task == "regression" ? raw : raw.softmax(2)).view(5, 24).detach().requires_grad_();
        var loss = new VerifierLoss(new([true, true, false, true, false], new(), CPU), SyntheticAnswers.For(ensembles.Of(task).Workshop));
        using var verifier = new TrainableVerifier(24, new SeededRandom(1, "verifier"), CPU, 5);

        var reading = LearningTask.Parse(task).Reading(3, 8);
        var value = loss.OfAll(verifier, answers, OutputStandards.OfTarget(answers.detach(), reading));
        value.backward();

        Assert.True(float.IsFinite(value.item<float>()) && value.item<float>() > 0);
        Assert.True(answers.grad!.isfinite().all().ToBoolean());
        Assert.All(verifier.Parameters, parameter => Assert.True(parameter.grad!.isfinite().all().ToBoolean()));
    }

    public void Dispose() => scope.Dispose();

    /// <summary>Answers of which the first are positives', with the target's in front.</summary>
    private (SyntheticAnswers Synthetic, AnswerSource Source) From(string task, Tensor answers, int positives)
    {
        var synthetic = SyntheticAnswers.For(ensembles.Of(task).Workshop);
        bool[] stolen = [.. Enumerable.Range(0, (int)answers.shape[0]).Select(place => place < positives)];
        return (synthetic, synthetic.From(answers, new(stolen, new(), CPU)));
    }
}
