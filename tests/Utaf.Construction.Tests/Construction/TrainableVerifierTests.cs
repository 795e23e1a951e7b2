using TorchSharp;
using Utaf.Fingerprints;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class TrainableVerifierTests(BuiltEnsembles ensembles) : IClassFixture<BuiltEnsembles>, IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_managed_meta_verifier_gives_the_same_log_odds(int committees)
    {
        using var verifier = Verifier(committees);
        var answers = (randn(6, 40) * 20) + 3;

        AssertManagedAgrees(verifier, answers, OutputStandards.OfTarget(answers, reading: null));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public void The_managed_meta_verifier_reads_the_same_logarithms(int width, bool standardised)
    {
        using var verifier = Verifier(1);
        var scores = randn(6, 40) * 4;
        var answers = width == 1 ? scores.sigmoid() : scores.view(6, -1, width).softmax(2).view(6, -1);

        AssertManagedAgrees(verifier, answers, OutputStandards.OfTarget(answers, new CentredLogarithms(width, standardised)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void The_managed_meta_verifier_reads_the_same_inner_products(int width)
    {
        manual_seed(4);
        var answers = (randn(6, 10 * width) * 3) + 2;
        var standards = OutputStandards.OfTarget(answers, new InnerProducts(width));
        using var verifier = new TrainableVerifier(standards.Width, new SeededRandom(1, "verifier"), CPU, 5);

        Assert.Equal(45, standards.Width);
        AssertManagedAgrees(verifier, answers, standards);
    }

    [Theory]
    [InlineData(true, 0.01f)]
    [InlineData(false, 1)]
    public void A_target_that_answers_everything_alike_is_read_as_zeros(bool products, float deviation)
    {
        AnswerReading reading = products ? new InnerProducts(4) : new CentredLogarithms(4, Standardised: true);
        var answers = full([2, 40], 0.25f);

        var standards = OutputStandards.OfTarget(answers, reading);

        Assert.All(standards.Deviation.data<float>(), found => Assert.Equal(deviation, found));
        Assert.All(standards.Apply(answers)[0].data<float>(), value => Assert.Equal(0, value, 1e-3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_read_of_differences_has_gradients(bool products)
    {
        using var precise = NewDisposeScope();
        AnswerReading reading = products ? new InnerProducts(4) : new CentredLogarithms(4, Standardised: true);
        manual_seed(6);
        var answers = rand(1, 40, dtype: ScalarType.Float64);
        var standards = OutputStandards.OfTarget(rand(1, 40, dtype: ScalarType.Float64), reading);
        var weights = randn(standards.Width, dtype: ScalarType.Float64);
        var leaf = answers.clone().requires_grad_();
        (standards.Apply(leaf) * weights).sum().backward();

        const double step = 1e-5;
        foreach (var place in new[] { 0, 7, 39 })
        {
            var expected = (Loss(place, step) - Loss(place, -step)) / (2 * step);
            Assert.True(Math.Abs(expected) > 1e-3, $"{expected}");
            Assert.Equal(expected, leaf.grad![0, place].item<double>(), 1e-4 * (1 + Math.Abs(expected)));
        }

        double Loss(int place, double by)
        {
            var moved = answers.clone();
            moved[0, place] += by;
            return (standards.Apply(moved) * weights).sum().item<double>();
        }
    }

    [Theory]
    [InlineData(0.5f, 4)]
    [InlineData(0.01f, 4)]
    [InlineData(0.001f, 4)]
    [InlineData(0.01f, 1)]
    public void Answers_that_are_read_as_logarithms_have_gradients(float probability, int width)
    {
        using var verifier = Verifier(1);
        var answers = full([3, 40], 1f / (width + 1));
        answers[1, 6] = probability;
        var standards = OutputStandards.OfTarget(rand(1, 40), new CentredLogarithms(width));
        double Loss(float at)
        {
            var moved = answers.detach().clone();
            moved[1, 6] = at;
            return verifier.LogOdds(standards.Apply(moved)).Sum();
        }

        var leaf = answers.detach().requires_grad_();
        var logs = verifier.LogProbabilities(standards.Apply(leaf)).mean([0]);
        (logs.select(1, 1) - logs.select(1, 0)).sum().backward();

        // Against a difference over a hundredth of what the logarithm is taken of.
        var step = (probability + CentredLogarithms.Floor) / 100;
        var expected = (Loss(probability + step) - Loss(probability - step)) / (2 * step);
        Assert.True(Math.Abs(expected) > 1e-3, $"{expected}");
        Assert.Equal(expected, leaf.grad![1, 6].item<float>(), 0.05 * Math.Abs(expected));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_log_odds_are_the_mean_over_committees_of_what_each_of_them_thinks(int committees)
    {
        using var verifier = Verifier(committees);
        var answers = randn(4, 40);

        var logs = verifier.LogProbabilities(answers);

        Assert.Equal([committees, 4, 2], logs.shape);
        Assert.True((logs.exp().sum(2) - 1).abs().max().item<float>() < 1e-5f);
        var odds = (logs.select(2, 1) - logs.select(2, 0)).mean([0]);
        Assert.All(verifier.LogOdds(answers).Zip(odds.data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Sharpening_multiplies_the_log_odds(int committees)
    {
        using var verifier = Verifier(committees);
        var answers = randn(4, 40);
        var before = verifier.LogOdds(answers);

        verifier.Sharpen(3);

        Assert.All(before.Zip(verifier.LogOdds(answers)), pair => Assert.Equal(3 * pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Gradients_by_hand_are_torchs(int committees)
    {
        using var verifier = new TrainableVerifier(30, new SeededRandom(1, "verifier"), CPU, committees);
        var (rows, weights) = (randn(7, 30).requires_grad_(), rand(7, 2));
        var expected = -(verifier.LogProbabilities(rows) * weights).sum([1L, 2]).mean();
        expected.backward();

        var (loss, ofParameters, ofRows) = verifier.Gradients(rows.detach(), weights, ofRows: true);

        MlpStack.Near(expected, loss);
        Assert.Equal(verifier.Parameters.Count, ofParameters.Length);
        foreach (var (parameter, gradient) in verifier.Parameters.Zip(ofParameters))
        {
            MlpStack.Near(parameter.grad! * 10, gradient * 10);
        }

        MlpStack.Near(rows.grad! * 10, ofRows! * 10);
        Assert.Null(verifier.Gradients(rows.detach(), weights, ofRows: false).OfRows);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("classification")]
    public void The_loss_as_rows_is_the_loss(string task)
    {
        var ensemble = ensembles.Of(task);
        var learning = ensemble.Learning(new(Examples: 6), PassTerms.Exact);
        using var verifier = new TrainableVerifier(6 * ensemble.Workshop.Target.Signature.OutputWidth, new SeededRandom(1, "verifier"), CPU, 5);
        var answers = learning.Training.Outputs(learning.Box.ToInputs(new SeededRandom(1, "free").Normal(learning.FingerprintShape)));
        var standards = OutputStandards.OfTarget(answers, reading: null);
        var loss = new VerifierLoss(new(learning.Training.Stolen, learning.Weights, CPU), learning.Synthetic);

        manual_seed(3);
        var expected = loss.OfAll(verifier, answers, standards);
        expected.backward();
        manual_seed(3);
        using var known = loss.Prepare(answers, standards);
        var (rows, weights) = loss.OfAll(known);
        var (found, ofParameters, _) = verifier.Gradients(rows, weights, ofRows: false);

        MlpStack.Near(expected, found);
        foreach (var (parameter, gradient) in verifier.Parameters.Zip(ofParameters))
        {
            MlpStack.Near(parameter.grad! * 10, gradient * 10);
        }

        learning.Training.Dispose();
        learning.Validation.Dispose();
        learning.Box.Dispose();
    }

    [Fact]
    public void What_one_committee_learns_does_not_change_the_others()
    {
        using var verifier = Verifier(5);
        using var optimiser = optim.SGD(verifier.Parameters, 1);
        var answers = randn(4, 40);
        var before = verifier.LogProbabilities(answers).detach();

        verifier.LogProbabilities(answers)[2].select(1, 1).mean().neg().backward();
        optimiser.step();

        var moved = (verifier.LogProbabilities(answers) - before).abs().amax([1, 2]);
        Assert.Equal([0f, 0, 0, 0], moved.index_select(0, tensor(new long[] { 0, 1, 3, 4 })).data<float>());
        Assert.True(moved[2].item<float>() > 0.01f);
    }

    public void Dispose() => scope.Dispose();

    private static TrainableVerifier Verifier(int committees)
    {
        manual_seed(4);
        return new(40, new SeededRandom(1, "verifier"), CPU, committees);
    }

    private static void AssertManagedAgrees(TrainableVerifier verifier, Tensor answers, OutputStandards standards)
    {
        var byTorch = verifier.LogOdds(standards.Apply(answers));
        var managed = verifier.ToManaged(standards, (int)answers.shape[1]);

        Assert.True(byTorch.Max() - byTorch.Min() > 0.05);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(byTorch[i], managed.LogOdds([.. answers[i].data<float>()]), 1e-5);
        }
    }
}
