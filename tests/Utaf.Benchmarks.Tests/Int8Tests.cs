using Utaf.Benchmarks.Scenarios;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Tests;

public sealed class Int8Tests
{
    [Fact]
    public void Weights_move_by_half_a_step_at_most_and_take_256_values()
    {
        TorchRuntime.Start("cpu");
        using var scope = NewDisposeScope();
        var weights = new SeededRandom(1, "weights").Normal([4, 300]);
        weights[1].mul_(100);

        foreach (var form in Int8.Forms)
        {
            var rounded = form.Rounded(weights, form.PerChannel ? 0 : null);
            var steps = form.PerChannel ? weights.abs().amax([1L], keepdim: true) / 127 : weights.abs().amax() / 127;

            // An asymmetric step is no longer than a symmetric one, and its zero is rounded too.
            Assert.True((rounded - weights).abs().le(steps * 1.001).all().item<bool>(), form.Name);
            foreach (var row in form.PerChannel ? rounded.unbind(0) : [rounded.flatten()])
            {
                Assert.InRange(row.data<float>().ToArray().Distinct().Count(), 2, 256);
            }
        }
    }

    [Fact]
    public void A_scale_of_its_own_keeps_a_small_channel()
    {
        TorchRuntime.Start("cpu");
        using var scope = NewDisposeScope();
        var weights = new SeededRandom(1, "weights").Normal([2, 50]);
        weights[0].mul_(1e-3);

        Assert.Equal(0, Int8.Forms.Single(form => form.Name == "int8-tensor").Rounded(weights, null)[0].abs().sum().item<float>());
        Assert.True(Int8.Forms.Single(form => form.Name == "int8-channel").Rounded(weights, 0)[0].ne(0).to_type(ScalarType.Float32).mean().item<float>() > 0.9);
    }
}
