using TorchSharp;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class ObjectiveTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    // p₊ of the target, two positives and two negatives.
    private static readonly bool[] Stolen = [true, true, false, true, false];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(0.5, 1, 1.5)]
    [InlineData(2, 3, 7)]
    public void The_loss_is_the_weighted_mean_of_the_three_terms(double a, double b, double c)
    {
        double[] rates = [0.9, 0.8, 0.3, 0.4, 0.05];

        var loss = new Objective(Stolen, new(a, b, c), CPU).Loss(Logs(rates));

        var expected = -((a * Math.Log(0.9)) + (b * (Math.Log(0.8) + Math.Log(0.4)) / 2) + (c * (Math.Log(0.7) + Math.Log(0.95)) / 2)) / (a + b + c);
        Assert.Equal(expected, loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Committees_count_alike()
    {
        var objective = new Objective(Stolen, new(), CPU);
        var (first, second) = (Logs([0.9, 0.8, 0.3, 0.4, 0.05]), Logs([0.2, 0.6, 0.1, 0.7, 0.5]));

        var both = objective.Loss(cat([first, second]));

        Assert.Equal((objective.Loss(first).item<float>() + objective.Loss(second).item<float>()) / 2, both.item<float>(), 1e-6f);
    }

    [Fact]
    public void The_positives_are_known_by_their_places() =>
        Assert.Equal([0L, 1, 3], new Objective(Stolen, new(), CPU).PositivePlaces.data<long>());

    [Fact]
    public void Outputs_are_standardised_by_the_targets_mean_and_deviation_over_all_its_answers()
    {
        var standards = OutputStandards.OfTarget(tensor(new float[] { 1, 2, 3, 4, 100, 200, 300, 400 }, 2, 4), reading: null);

        Assert.Equal([2.5f, 2.5f, 2.5f, 2.5f], standards.Mean.data<float>());
        Assert.All(standards.Deviation.data<float>().ToArray(), deviation => Assert.Equal(Math.Sqrt(5.0 / 3), deviation, 1e-6));
        Assert.Equal((100 - 2.5) / Math.Sqrt(5.0 / 3), standards.Apply(tensor(new float[] { 1, 2, 3, 100 }, 1, 4))[0, 3].item<float>(), 1e-4);
    }

    [Theory]
    [InlineData(new[] { 30f, 30, 30 }, 30)]
    [InlineData(new[] { -30f }, 30)]
    [InlineData(new[] { 0f, 0, 0 }, 1)]
    [InlineData(new[] { 0f }, 1)]
    public void A_target_that_answers_everything_alike_is_measured_by_the_size_of_its_answers(float[] answers, float expected)
    {
        var standards = OutputStandards.OfTarget(tensor(answers, 1, answers.Length), reading: null);

        Assert.All(standards.Deviation.data<float>().ToArray(), deviation => Assert.Equal(expected, deviation));
        Assert.All(standards.Apply(tensor(answers, 1, answers.Length)).data<float>().ToArray(), standardised => Assert.Equal(0, standardised));
    }

    public void Dispose() => scope.Dispose();

    /// <summary>log p₋ and log p₊, [1, members, 2].</summary>
    private static Tensor Logs(double[] rates) =>
        tensor(rates.SelectMany(rate => (float[])[(float)Math.Log(1 - rate), (float)Math.Log(rate)]).ToArray(), 1, rates.Length, 2);
}
