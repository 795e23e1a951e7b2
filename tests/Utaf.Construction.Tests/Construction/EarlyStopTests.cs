using TorchSharp;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class EarlyStopTests
{
    [Theory]
    [InlineData(new[] { 3.0, 2, 1 }, -1, 2)]
    [InlineData(new[] { 3.0, 1, 2, 1.5 }, 3, 1)]
    [InlineData(new[] { 3.0, 1, 2, 0.5, 2, 0.5 }, 5, 3)]
    [InlineData(new[] { 1.0, double.NaN, 2 }, 2, 0)]
    public void Learning_ends_after_two_measurements_without_a_lower_loss_and_goes_back_to_the_best(double[] losses, int endsAt, int best)
    {
        using var scope = NewDisposeScope();
        using var stop = new EarlyStop(patience: 2);
        var free = zeros(2);

        var ended = -1;
        for (var i = 0; i < losses.Length && ended < 0; i++)
        {
            free.fill_(i);
            ended = stop.Reached(new(i, 0, ValidationLoss: losses[i]), free) ? i : -1;
        }

        Assert.Equal(endsAt, ended);
        Assert.Equal(best, stop.Best[0].ToDouble());
    }
}
