using TorchSharp;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Models;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Schemes.Tests;

/// <summary>On Z = (x₁, 0.5 − x₁, …) the boundary x₁ = 0.25 is known.</summary>
[Collection(TorchSession.Name)]
public sealed class LinearSchemeTests
{
    private static readonly float[] Points = [0.9f, 0.1f, 0.8f, 0.3f, 0.6f, 0.7f, 1f, 0f];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void DeepFool_makes_the_smallest_step_over_a_flat_boundary(int classes)
    {
        using var setting = new Setting(classes, label: 0);

        var built = new DeepFool(Examples: 4).Build(setting.Context);

        // r = −(f + 1e-4)/‖w‖² · w with f = 2x₁ − 0.5 and w = (−2, 0), lengthened by η.
        float[] expected = [.. Points.Chunk(2).Select(x => x[0] - (1.02f * ((2 * x[0]) - 0.5f + 1e-4f) / 2))];
        Assert.Equal(4, built.Count);
        Assert.Equal(expected.Order(), built.Queries.Chunk(2).Select(x => x[0]).Order(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(Points.Where((_, i) => i % 2 == 1).Order(), built.Queries.Chunk(2).Select(x => x[1]).Order());
        Assert.Equal(1, built.Ask(setting.Context.Target, setting.Context.Task).Score);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void IpGuard_stops_where_the_margin_is_reached(int classes)
    {
        using var setting = new Setting(classes, label: 0);

        var built = new IpGuard(Margin: 0.1, LearningRate: 0.005, Examples: 4).Build(setting.Context);

        if (classes == 2)
        {
            // Z₁ − Z₀ = 0.5 − 2x₁ ≥ 0.1 from x₁ = 0.2 down; a step is about 0.005.
            Assert.All(built.Queries.Chunk(2), x => Assert.InRange(x[0], 0.19, 0.2001));
        }

        Assert.Equal(4, built.Count);
        Assert.All(built.Queries, value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void Akh_asks_only_what_the_target_gets_wrong()
    {
        using var setting = new Setting(2, label: 1);

        var built = new MisclassifiedInputs(Examples: 10).Build(setting.Context);

        Assert.Equal((4, 10), (built.Count, built.Asked));
    }

    [Fact]
    public void A_target_that_never_errs_has_nothing_for_akh()
    {
        using var setting = new Setting(2, label: 0);

        var error = Assert.Throws<UtafException>(() => new MisclassifiedInputs().Build(setting.Context));

        Assert.Equal("UTAF1503", error.Diagnostic.Code);
        Assert.Contains("akh", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Regressors_are_refused()
    {
        using var setting = new Setting(2, label: 0);

        Assert.Throws<UtafException>(() => new IpGuard().Build(setting.Context with { Task = new Regression() }));
    }

    private sealed class Setting : IDisposable
    {
        private readonly DisposeScope scope = NewDisposeScope();

        public Setting(int classes, long label)
        {
            var layer = nn.Linear(2, classes);
            using (no_grad())
            {
                layer.weight!.copy_(tensor([1f, 0, -1, 0, 0, 0], 3, 2).narrow(0, 0, classes));
                layer.bias!.copy_(tensor([0f, 0.5f, -9]).narrow(0, 0, classes));
            }

            var network = new Network(new Mlp([]), layer, OutputForm.Logits).Freeze();
            var box = InputBox.Of(new DataTable([2], [0, 0, 1, 1], 1, [0, 0], "box"), images: false, CPU);
            Context = new(network, new Classification(), tensor(Points, 4, 2), full([4], label, dtype: ScalarType.Int64), box, 1);
        }

        public SchemeContext Context { get; }

        public void Dispose()
        {
            Context.Target.Dispose();
            Context.Box.Dispose();
            scope.Dispose();
        }
    }
}
