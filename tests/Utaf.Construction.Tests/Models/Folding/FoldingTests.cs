using System.Runtime.Intrinsics.X86;
using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;
using static Utaf.Models.Folding.Tests.Passes;

namespace Utaf.Models.Folding.Tests;

[Collection(TorchSession.Name)]
public sealed class FoldingTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, int[], int[]> Networks() => new()
    {
        { "convnet-16-32", [1, 8, 8], [1, 8, 8] },
        { "convnet-16-32-64", [2 * 10 * 9], [2, 10, 9] },
        { "resnet-18", [3, 12, 12], [3, 12, 12] },
        { "resnet-18", [1, 64, 64], [1, 64, 64] },
        { "resnet-18-w16-d2", [3, 28, 28], [3, 28, 28] },
        { "squeezenet-1.0-w2", [1, 28, 28], [1, 28, 28] },
        { "densenet-161-w4-d4", [1 * 12 * 12], [1, 12, 12] },
        { "densenet-161-w8-d4", [3, 64, 64], [3, 64, 64] },
        { "alexnet-w4", [3, 12, 12], [3, 12, 12] },
        { "vgg-16-w4", [1, 28, 28], [1, 28, 28] },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_folded_network_answers_and_has_the_gradients_of_the_whole_one(string name, int[] input, int[] image)
    {
        using var network = Trained(name, input, image);
        var inputs = randn([4, .. input.Select(size => (long)size)]);

        using var folded = Folding.TryFold(network, inputs)!;

        HaveSameAnswersAndGradients(network, folded, inputs);
        Assert.Equal(network.Form, folded.Form);
        Assert.True(folded.GraphBytes(inputs) > 0);
    }

    [Theory]
    [InlineData("resnet-18", ScalarType.Float32)]
    [InlineData("resnet-18", ScalarType.BFloat16)]
    [InlineData("alexnet-w4", ScalarType.Float32)]
    public void The_network_stays_as_it_is(string name, ScalarType type)
    {
        using var network = Trained(name, [3, 12, 12], [3, 12, 12]);
        var before = network.WeightsSha256();

        using var folded = Folding.TryFold(network, randn(4, 3, 12, 12), new(type))!;

        Assert.Equal(before, network.WeightsSha256());
    }

    [Fact]
    public void A_SqueezeNet_whose_outputs_may_be_below_zero_is_folded_as_well()
    {
        using var network = Trained("squeezenet-1.0-w4", [1, 28, 28], [1, 28, 28], OutputForm.Raw);
        var inputs = randn(4, 1, 28, 28);

        using var folded = Folding.TryFold(network, inputs)!;

        Assert.True(network.Forward(inputs).lt(0).any().ToBoolean());
        HaveSameAnswersAndGradients(network, folded, inputs);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void In_bfloat16_answers_are_near_and_gradients_point_the_same_way(string name, int[] input, int[] image)
    {
        using var network = Trained(name, input, image);
        var inputs = randn([4, .. input.Select(size => (long)size)]);

        using var folded = Folding.TryFold(network, inputs, new(ScalarType.BFloat16))!;

        var (expected, ofWhole) = Pass(network.Forward, inputs);
        var (found, ofFolded) = Pass(folded.Forward, inputs);
        Assert.Equal(ScalarType.Float32, found.dtype);
        Assert.Equal(ScalarType.Float32, ofFolded.dtype);
        Near(expected, found, 0.05);

        // Without norms a maximum may change its place by rounding, and the gradient goes elsewhere with it.
        Assert.InRange(nn.functional.cosine_similarity(ofWhole.flatten(), ofFolded.flatten(), 0).ToDouble(), name.StartsWith("squeezenet", StringComparison.Ordinal) || name.StartsWith("vgg", StringComparison.Ordinal) ? 0.9 : 0.98, 1.001);
    }

    [Theory]
    [InlineData("convnet-16-32-64", PruningCriterion.L1, 0.5)]
    [InlineData("resnet-18", PruningCriterion.Random, 0.5)]
    [InlineData("resnet-18", PruningCriterion.L1, 0.99)]
    [InlineData("squeezenet-1.0-w2", PruningCriterion.Random, 0.5)]
    [InlineData("vgg-16-w4", PruningCriterion.L1, 0.5)]
    public void Filters_that_pruning_zeroed_are_gone_and_nothing_else(string name, PruningCriterion criterion, double ratio)
    {
        using var network = Trained(name, [3, 12, 12], [3, 12, 12]);
        var inputs = randn(4, 3, 12, 12);
        using var whole = Folding.TryFold(network, inputs)!;
        Prune(network, criterion, ratio);

        using var folded = Folding.TryFold(network, inputs)!;

        HaveSameAnswersAndGradients(network, folded, inputs);

        // Half of VGG-16 is linear layers, which stay.
        var left = ratio > 0.9 ? 0.1 : name.StartsWith("vgg", StringComparison.Ordinal) ? 0.7 : 0.6;
        Assert.True(folded.Bytes < whole.Bytes * left, $"{folded.Bytes} of {whole.Bytes} bytes are left");
    }

    [Fact]
    public void A_filter_of_zeros_whose_norm_shifts_it_stays()
    {
        using var network = Trained("convnet-16-32", [1, 8, 8], [1, 8, 8]);
        using (no_grad())
        {
            network.Parameters.First(parameter => parameter.Name.EndsWith("conv1.weight", StringComparison.Ordinal)).Tensor.zero_();
        }

        var inputs = randn(4, 1, 8, 8);
        using var folded = Folding.TryFold(network, inputs)!;

        Near(network.Forward(inputs), folded.Forward(inputs), 1e-5);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void A_pruned_channel_that_a_later_norm_shifts_is_there_again(double ratio)
    {
        using var network = Trained("densenet-161-w4-d4", [3, 12, 12], [3, 12, 12]);
        Prune(network, PruningCriterion.L1, ratio);
        var inputs = randn(4, 3, 12, 12);

        using var folded = Folding.TryFold(network, inputs)!;

        HaveSameAnswersAndGradients(network, folded, inputs);
    }

    [Fact]
    public void Outputs_of_a_last_convolution_that_is_all_zeros_stay_outputs()
    {
        using var network = Trained("squeezenet-1.0-w4", [1, 12, 12], [1, 12, 12]);
        using (no_grad())
        {
            foreach (var parameter in Layers.Last(network, 5))
            {
                parameter.Tensor[1..3].zero_();
            }
        }

        var inputs = randn(4, 1, 12, 12);
        using var folded = Folding.TryFold(network, inputs)!;

        Near(network.Forward(inputs), folded.Forward(inputs), 1e-5);
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("groups")]
    [InlineData("perceptron")]
    public void What_has_other_layers_stays_as_it_is(string what)
    {
        nn.Module<Tensor, Tensor> module = what switch
        {
            "tanh" => nn.Sequential(nn.Conv2d(2, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(4 * 36, 3)),
            "groups" => nn.Sequential(nn.Conv2d(2, 4, 3, groups: 2), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)),
            _ => nn.Sequential(nn.Flatten(), nn.Linear(128, 5), nn.ReLU(), nn.Linear(5, 3)),
        };
        using var network = new Network(new SmallConvNet([4, 4]), module, OutputForm.Logits).Freeze();

        Assert.Null(Folding.TryFold(network, randn(3, 2, 8, 8)));
    }

    [Fact]
    public void What_is_proven_is_folded_without_a_proof_as_it_was()
    {
        using var network = Trained("resnet-18", [3, 12, 12], [3, 12, 12]);
        var inputs = randn(4, 3, 12, 12);
        var unprovable = full_like(inputs, float.NaN);
        using var first = Folding.TryFold(network, inputs)!;

        Assert.Null(Folding.TryFold(network, unprovable));
        using var again = Folding.TryFold(network, unprovable, proven: first.Size)!;

        Assert.True(first.Forward(inputs).eq(again.Forward(inputs)).all().ToBoolean());
        Assert.Equal(first.GraphBytes(inputs), again.GraphBytes(inputs));
    }

    [Theory]
    [InlineData("resnet-18", 28, 5, 3, 1)]
    [InlineData("resnet-18", 12, 3, 1, 1)]
    [InlineData("resnet-18", 64, 4, 2, 0)]
    [InlineData("vgg-16-w4", 28, 0, 4, 0)]
    [InlineData("squeezenet-1.0-w2", 28, 0, 2, 1)]
    [InlineData("densenet-161-w4-d4", 12, 0, 0, 0)]
    public void Only_convolutions_whose_images_are_large_enough_by_then_are_transformed(string name, int side, int blocks, int convolutions, int entries)
    {
        Assert.SkipUnless(Fma.IsSupported, "The processor has no fused multiply-adds of vectors: nothing is transformed.");
        using var network = Trained(name, [3, side, side], [3, side, side]);

        using var folded = Folding.TryFold(network, randn(2, 3, side, side))!;

        Assert.Equal(
            (blocks, convolutions, entries),
            (folded.Operations.OfType<WinogradBlock>().Count(), folded.Operations.OfType<WinogradConvolution>().Count(), folded.Operations.OfType<EntryConvolution>().Count()));
    }

    [Fact]
    public void What_the_transforms_err_in_too_much_is_folded_without_them_and_again_so()
    {
        Assert.SkipUnless(Fma.IsSupported, "The processor has no fused multiply-adds of vectors: nothing is transformed.");
        manual_seed(6);
        using var network = new Network(new SmallConvNet([32]), nn.Sequential(nn.Conv2d(64, 64, 3, padding: 1), nn.Flatten()), OutputForm.Raw).Freeze();
        var inputs = randn(4, 64, 8, 8);
        using var with = Folding.TryFold(network, inputs)!;
        using var without = Folding.TryFold(network, inputs, new(Winograd: false))!;
        var (more, less) = (Error(with), Error(without));
        Assert.True(more > 4 * less, $"{more} with and {less} without the transforms");
        FoldingTerms strict = new() { Tolerance = Math.Sqrt(more * less) };

        using var folded = Folding.TryFold(network, inputs, strict)!;
        using var again = Folding.TryFold(network, full_like(inputs, float.NaN), strict, folded.Size)!;

        Assert.Equal((1, 0, 0), (with.Operations.Count, folded.Operations.Count, again.Operations.Count));

        double Error(FoldedNetwork by)
        {
            var expected = network.Forward(inputs);
            return (expected - by.Forward(inputs)).abs().max().ToDouble() / (1 + expected.abs().max().ToDouble());
        }
    }

    [Fact]
    public void Where_an_entry_errs_too_much_the_network_is_folded_by_torchs_convolutions()
    {
        Assert.SkipUnless(FrozenOperation.AreFast, "The processor has no fused multiply-adds of vectors: all are torch's.");
        using var network = Trained("convnet-32-16", [1, 8, 8], [1, 8, 8]);

        // Both ways of rounding err by about as much: inputs for which the entry errs by more.
        for (var draw = 0; draw < 100; draw++)
        {
            var inputs = randn(4, 1, 8, 8);
            using var with = Folding.TryFold(network, inputs)!;
            using var without = Folding.TryFold(network, inputs, new(Winograd: false))!;
            Assert.IsType<EntryConvolution>(Assert.Single(with.Operations));
            var (more, less) = (Error(with, inputs), Error(without, inputs));
            if (more > less)
            {
                using var folded = Folding.TryFold(network, inputs, new() { Tolerance = (more + less) / 2 })!;

                Assert.Empty(folded.Operations);
                Assert.True(folded.Forward(inputs).eq(without.Forward(inputs)).all().ToBoolean());
                return;
            }
        }

        Assert.Fail("The entry never errs by more than torch: there is nothing to give it up for.");

        double Error(FoldedNetwork by, Tensor inputs)
        {
            var expected = network.Forward(inputs);
            return (expected - by.Forward(inputs)).abs().max().ToDouble() / (1 + expected.abs().max().ToDouble());
        }
    }

    [Fact]
    public void Without_the_transforms_torchs_convolutions_are_used()
    {
        using var network = Trained("resnet-18", [3, 12, 12], [3, 12, 12]);
        var inputs = randn(4, 3, 12, 12);
        using var with = Folding.TryFold(network, inputs)!;

        using var without = Folding.TryFold(network, inputs, new(Winograd: false))!;

        HaveSameAnswersAndGradients(network, without, inputs);
        Assert.Empty(without.Operations);
        Assert.Equal(Fma.IsSupported, !with.Forward(inputs).eq(without.Forward(inputs)).all().ToBoolean());
    }

    [Fact]
    public void Folding_leaves_no_tensor_behind()
    {
        using var network = Trained("resnet-18", [3, 12, 12], [3, 12, 12]);
        Prune(network, PruningCriterion.Random, 0.3);
        var inputs = randn(2, 3, 12, 12);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (var folded = Folding.TryFold(network, inputs)!)
        {
            using var inner = NewDisposeScope();
            _ = Pass(folded.Forward, inputs);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    public void Dispose() => scope.Dispose();

    /// <summary>A network whose batch norms have seen data, as after training.</summary>
    private static Network Trained(string name, int[] input, int[] image, OutputForm form = OutputForm.Logits)
    {
        var context = ZooTests.Context(input, image, outputs: 5, form);
        var network = Zoo.Parse(name, context).Single().Build(context, new SeededRandom(3, name));
        manual_seed(4);
        using var inner = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var parameter in network.Parameters.Where(parameter => parameter.Tensor.dim() == 1))
        {
            parameter.Tensor.add_(randn_like(parameter.Tensor) * 0.2);
        }

        network.TrainingMode();
        for (var i = 0; i < 3; i++)
        {
            network.Forward(randn([8, .. input.Select(size => (long)size)]));
        }

        return network.Freeze();
    }

    private static void Prune(Network network, PruningCriterion criterion, double ratio)
    {
        using var inner = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (parameter, keep) in FilterPruning.Kept(network, ratio, criterion, new SeededRandom(5, "prune")))
        {
            parameter.Tensor.mul_(keep);
        }
    }

    /// <summary>
    /// Answers and gradients on some draws of inputs. Where two numbers before a maximum are next to equal, or one before a ReLU
    /// next to zero, a rounding decides which way the gradient goes: each draw may have some of that, and one has none.
    /// </summary>
    private static void HaveSameAnswersAndGradients(Network network, FrozenNetwork folded, Tensor inputs)
    {
        const int draws = 4;
        var apart = new List<double>();
        for (var i = 0; i < draws; i++)
        {
            var drawn = i == 0 ? inputs : randn_like(inputs);
            var (expected, ofWhole) = Pass(network.Forward, drawn);
            var (found, ofFolded) = Pass(folded.Forward, drawn);
            Near(expected, found, 1e-5);
            Assert.Equal(ofWhole.shape, ofFolded.shape);
            Assert.InRange((ofWhole - ofFolded).norm().ToDouble(), 0, 0.02 * ofWhole.norm().ToDouble());
            apart.Add((ofWhole - ofFolded).abs().max().ToDouble() / (1 + ofWhole.abs().max().ToDouble()));
        }

        Assert.InRange(apart.Min(), 0, 2e-5);
    }
}
