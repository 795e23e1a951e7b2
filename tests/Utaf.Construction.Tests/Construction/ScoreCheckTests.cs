using TorchSharp;
using Utaf.Fingerprints;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class ScoreCheckTests : IDisposable
{
    private const int Examples = 100;
    private const int Classes = 10;
    private const double Usual = 2e-5;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor answers;
    private readonly OutputStandards standards;
    private readonly TrainableVerifier verifier = new(Examples * Classes, new SeededRandom(1, "verifier"), CPU, committees: 5);
    private readonly MetaVerifier managed;

    public ScoreCheckTests()
    {
        manual_seed(1);
        answers = randn(5, Examples, Classes).softmax(2).view(5, -1);
        standards = OutputStandards.OfTarget(answers, new CentredLogarithms(Classes, Standardised: true));
        managed = verifier.ToManaged(standards, Examples * Classes);
    }

    [Fact]
    public void The_rates_are_the_managed_ones()
    {
        var rates = ScoreCheck.Rates(managed, ByTorch, answers);

        Assert.Equal(answers.data<float>().ToArray().Chunk(managed.InputWidth).Select(row => managed.MatchingRate(row)), rates);
    }

    [Fact]
    public void Scores_that_hang_on_roundings_may_differ_by_them()
    {
        // Probabilities sum to one but for their roundings, of which much is made here.
        double[] Torch(Tensor given) => [.. ByTorch(given).Zip(given.to_type(ScalarType.Float64).sum(1).data<double>(), (odds, sum) => odds + (5000 * (sum - Examples)))];
        var apart = Torch(answers).Zip(ByTorch(answers), (one, other) => Math.Abs(Scores.Probability(one) - Scores.Probability(other)));
        Assert.True(apart.Max() > Usual, "No score is off by more than usual: nothing is tested.");

        Assert.Equal(5, ScoreCheck.Rates(managed, Torch, answers).Length);
    }

    [Fact]
    public void A_score_that_is_off_by_more_than_roundings_is_refused()
    {
        Assert.Equal("UTAF1502", Fixtures.CodeOf(() => ScoreCheck.Rates(managed, given => [.. ByTorch(given).Select(odds => odds + 0.001)], answers)));

        using var other = new TrainableVerifier(Examples * Classes, new SeededRandom(2, "verifier"), CPU, committees: 5);
        Assert.Equal("UTAF1502", Fixtures.CodeOf(() => ScoreCheck.Rates(other.ToManaged(standards, Examples * Classes), ByTorch, answers)));
        Assert.Equal("UTAF1502", Fixtures.CodeOf(() => ScoreCheck.Rates(managed, given => [.. ByTorch(given).Select(_ => double.NaN)], answers)));
    }

    public void Dispose()
    {
        verifier.Dispose();
        scope.Dispose();
    }

    private double[] ByTorch(Tensor given) => verifier.LogOdds(standards.Apply(given));
}
