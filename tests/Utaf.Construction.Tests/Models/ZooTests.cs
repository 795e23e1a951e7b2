using System.Text.Json;
using TorchSharp;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class ZooTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData("small")]
    [InlineData("color")]
    public void ResNet18_has_torchvisions_parameters_and_PyTorchs_outputs(string variant)
    {
        var vectors = Fixtures.Vectors("resnet18").GetProperty(variant);
        using var module = ResNet18.Module(vectors.GetProperty("channels").GetInt32(), vectors.GetProperty("classes").GetInt32(), smallImages: true);
        var parameters = module.named_parameters().ToList();
        var expected = vectors.GetProperty("parameters").EnumerateArray().ToList();

        Assert.Equal(expected.Select(parameter => parameter.GetProperty("name").GetString()), parameters.Select(parameter => parameter.name));
        Assert.Equal(vectors.GetProperty("parameterCount").GetInt64(), parameters.Sum(parameter => parameter.parameter.numel()));
        foreach (var (wanted, (name, parameter)) in expected.Zip(parameters))
        {
            Assert.Equal(Fixtures.Numbers(wanted.GetProperty("shape")).Select(size => (long)size), parameter.shape);
            Pattern.Fill(name, parameter);
            Fixtures.Near(Fixtures.Numbers(wanted.GetProperty("first")), parameter.flatten()[..3], 1e-6);
        }

        foreach (var (name, buffer) in module.named_buffers())
        {
            Pattern.Fill(name, buffer);
        }

        module.eval();
        var shape = Fixtures.Numbers(vectors.GetProperty("inputShape")).Select(size => (long)size).ToArray();
        var inputs = tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (float)Math.Sin(0.11 * i)).ToArray(), shape);

        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), module.forward(inputs), 1e-4);
    }

    [Fact]
    public void ResNet18_with_the_published_stem_is_torchvisions()
    {
        var vectors = Fixtures.Vectors("networks").GetProperty("resnet-18, published");
        using var module = ResNet18.Module(3, vectors.GetProperty("classes").GetInt32(), smallImages: false);
        var parameters = module.named_parameters().ToList();
        foreach (var (name, tensor) in parameters.Select(parameter => (parameter.name, (Tensor)parameter.parameter)).Concat(module.named_buffers()))
        {
            Pattern.Fill(name, tensor);
        }

        module.eval();
        using var noGradient = no_grad();
        var outputs = module.forward(Pattern.Inputs([1, 3, 224, 224]));

        Assert.Equal(11_689_512, parameters.Sum(parameter => parameter.parameter.numel()));
        Assert.Equal(11_689_512, vectors.GetProperty("parameterCount").GetInt64());
        Assert.Equal(vectors.GetProperty("first").GetString(), parameters[0].name);
        Assert.Equal(vectors.GetProperty("last").GetString(), parameters[^1].name);
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), outputs.flatten()[TensorIndex.Slice(step: 20)], 1e-4);
    }

    public static TheoryData<string, int[]> Images() => new()
    {
        { "convnet-16-32", [1, 8, 8] },
        { "convnet-16-32", [5, 9, 31] },
        { "convnet-16-32-64", [1, 8, 8] },
        { "convnet-16-32-64", [3, 32, 20] },
        { "resnet-18", [1, 8, 8] },
        { "resnet-18", [4, 64, 65] },
        { "resnet-18-w4-d2", [3, 28, 28] },
        { "squeezenet-1.0", [1, 8, 8] },
        { "squeezenet-1.0-w4", [3, 64, 65] },
        { "squeezenet-1.0-w16-d4", [3, 9, 31] },
        { "densenet-161-w4-d4", [1, 8, 8] },
        { "densenet-161-w16-d3", [2, 64, 65] },
        { "alexnet-w4", [1, 8, 8] },
        { "alexnet-w16", [4, 64, 65] },
        { "vgg-16-w4", [1, 8, 8] },
        { "vgg-16-w8-d3", [4, 64, 65] },
        { "mlp-100", [3, 8, 8] },
        { "mlp-10-20-30", [2, 8, 9] },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void An_architecture_takes_images_flattened_or_not_of_any_channels_from_eight_by_eight(string name, int[] image)
    {
        foreach (int[] input in (int[][])[image, [image.Aggregate((a, b) => a * b)]])
        {
            var context = Context(input, image, outputs: 7);
            using var network = Zoo.Parse(name, context).Single().Build(context, new SeededRandom(1, "zoo"));

            Assert.Equal(name, network.Architecture.Id);
            Assert.Equal([2, 7], network.Forward(randn(context.Signature.BatchShape(2))).shape);
            network.TrainingMode();
            Assert.Equal([2, 7], network.Forward(randn(context.Signature.BatchShape(2))).shape);
        }
    }

    [Theory]
    [InlineData("convnet-16-32", 7, 8)]
    [InlineData("resnet-18", 8, 7)]
    public void Convolutions_do_not_accept_images_below_eight_by_eight(string name, int height, int width) =>
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => Zoo.Parse(name, Context([1, height, width], [1, height, width], 2))));

    [Theory]
    [InlineData("convnet-16-32")]
    [InlineData("resnet-18")]
    [InlineData("resnet-34")]
    [InlineData("squeezenet-1.0")]
    [InlineData("mlp")]
    [InlineData("mlp-0")]
    [InlineData("mlp-x")]
    [InlineData("mlp-1-2-3-4")]
    [InlineData("")]
    [InlineData(",")]
    public void A_name_that_fits_no_architecture_for_tables_is_refused(string names) =>
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => Zoo.Parse(names, Context([5], null, 2))));

    [Theory]
    [InlineData("resnet-34")]
    [InlineData("resnet-18-d3")]
    [InlineData("squeezenet-1.1")]
    [InlineData("squeezenet-1x0")]
    [InlineData("alexnet-d2")]
    [InlineData("vgg-16-w1")]
    [InlineData("vgg-16-w04")]
    [InlineData("vgg-16-w17")]
    [InlineData("vgg-16-w0")]
    [InlineData("vgg-16-d5")]
    [InlineData("vgg-16-d2-w2")]
    [InlineData("densenet-161-w4-")]
    public void A_name_that_fits_no_architecture_for_images_is_refused(string name) =>
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => Zoo.Parse(name, Context([1, 28, 28], [1, 28, 28], 2))));

    [Theory]
    [InlineData("squeezenet-1.0-w4-d2")]
    [InlineData("densenet-161-d4")]
    [InlineData("alexnet-w16")]
    [InlineData("vgg-16")]
    [InlineData("resnet-18-w2")]
    public void An_architecture_is_read_from_a_plan_as_it_was_written(string name)
    {
        var architecture = Zoo.Parse(name, Context([1, 28, 28], [1, 28, 28], 2)).Single();

        Assert.Equal(architecture, JsonSerializer.Deserialize<Architecture>(JsonSerializer.Serialize(architecture)));
        Assert.Equal(name, JsonSerializer.Deserialize<Architecture>(JsonSerializer.Serialize(architecture))!.Id);
    }

    [Fact]
    public void A_ResNet18_of_a_plan_without_divisors_is_the_published_one() =>
        Assert.Equal(new ResNet18(), JsonSerializer.Deserialize<Architecture>("""{"architecture":"resnet-18"}"""));

    [Fact]
    public void An_architecture_that_is_named_twice_counts_once() =>
        Assert.Equal(["mlp-100", "target"], Zoo.Parse("mlp-100, target,mlp-100", Context([5], null, 2)).Select(architecture => architecture.Id));

    [Theory]
    [InlineData("mlp-100-100", false)]
    [InlineData("convnet-16-32", true)]
    public void The_same_random_numbers_give_the_same_weights_whatever_torchs_generator_did(string name, bool image)
    {
        var context = image ? Context([1, 8, 8], [1, 8, 8], 3) : Context([5], null, 3);
        var architecture = Zoo.Parse(name, context).Single();

        using var first = architecture.Build(context, new SeededRandom(3, "a"));
        manual_seed(999);
        using var second = architecture.Build(context, new SeededRandom(3, "a"));
        using var other = architecture.Build(context, new SeededRandom(3, "b"));

        Assert.Equal(first.WeightsSha256(), second.WeightsSha256());
        Assert.NotEqual(first.WeightsSha256(), other.WeightsSha256());
    }

    [Fact]
    public void A_network_from_scratch_sees_standardised_inputs_and_speaks_on_the_outputs_scale()
    {
        using var body = nn.Identity();
        using var module = new ScaledModule(body, [2], new([10, -5], [2, 4], [100, 200], [3, 7]));

        // ((12 − 10) / 2, (3 + 5) / 4) = (1, 2), and back: (100 + 3, 200 + 14).
        Fixtures.Near([103, 214], module.forward(tensor(new float[] { 12, 3 }, 1, 2)));
    }

    [Fact]
    public void The_scale_that_is_built_in_is_saved_with_a_network_but_is_no_parameter_and_survives_a_reset()
    {
        var context = Context([2], null, 1) with { Scaling = new([10, -5], [2, 4], [100], [3]) };
        using var network = new Mlp([4]).Build(context, new SeededRandom(1, "a"));

        Initialisation.ResetAll(network, new SeededRandom(2, "b"));

        Assert.Equal(4, network.Parameters.Count);
        Assert.Equal(["input_deviation", "input_mean", "output_deviation", "output_mean"], network.Buffers.Select(buffer => buffer.Name).Order());
        Fixtures.Near([10, -5], network.Buffers.First(buffer => buffer.Name == "input_mean").Tensor);
    }

    [Fact]
    public void Initialisation_is_uniform_within_one_over_the_root_of_the_fan_in_and_resets_statistics()
    {
        using var target = TargetModel.Load(
            Fixtures.PathOf("cnn-scripted.pt"), new Classification(), Fixtures.Table(Fixtures.Vectors("cnn").GetProperty("inputs")));
        using var network = target.Copy();

        Initialisation.ResetAll(network, new SeededRandom(1, "init"));

        Tensor Of(string name) => network.Parameters.Concat(network.Buffers).First(named => named.Name == name).Tensor;
        foreach (var (layer, fanIn) in new[] { ("conv1", 9), ("conv2", 36), ("fc", 8) })
        {
            var bound = 1 / Math.Sqrt(fanIn);
            Assert.InRange(Of($"{layer}.weight").abs().max().ToDouble(), bound * 0.8, bound);
            Assert.InRange(Of($"{layer}.bias").abs().max().ToDouble(), bound * 0.1, bound);
        }

        Assert.Equal(1 / 6.0 / Math.Sqrt(3), Of("conv2.weight").std().ToDouble(), 0.01);
        Assert.Equal([1, 1, 1, 1], Of("bn1.weight").data<float>().ToArray());
        Assert.Equal([0, 0, 0, 0], Of("bn1.bias").data<float>().ToArray());
        Assert.Equal([0, 0, 0, 0], Of("bn1.running_mean").data<float>().ToArray());
        Assert.Equal([1, 1, 1, 1], Of("bn1.running_var").data<float>().ToArray());
        Assert.Equal(0, Of("bn1.num_batches_tracked").ToInt64());
    }

    [Fact]
    public void A_layer_that_is_reset_keeps_its_scale_but_not_its_values()
    {
        var context = Context([200], null, 50);
        using var network = new Mlp([100]).Build(context, new SeededRandom(1, "a"));
        var last = Layers.Last(network, 50);
        var before = last.Select(parameter => parameter.Tensor.detach().clone()).ToList();

        Initialisation.ResetLayer(last, new SeededRandom(2, "b"));

        Assert.Equal(before[0].std().ToDouble(), last[0].Tensor.std().ToDouble(), 0.03 * before[0].std().ToDouble());
        Assert.Equal(0, (before[0] * last[0].Tensor).mean().ToDouble() / before[0].square().mean().ToDouble(), 0.1);
    }

    [Fact]
    public void The_zoo_holds_perceptrons_for_tables_and_convolutions_too_for_images()
    {
        Assert.Equal(["mlp-100", "mlp-100-100", "mlp-100-100-100"], Zoo.For(Context([5], null, 2)).Select(architecture => architecture.Id));
        Assert.Equal(["convnet-16-32", "convnet-16-32-64", "mlp-100", "mlp-100-100", "mlp-10"], Zoo.For(Context([64], [1, 8, 8], 2)).Select(architecture => architecture.Id));
        Assert.Equal(["mlp-100", "mlp-100-100", "mlp-10"], Zoo.For(Context([49], [1, 7, 7], 2)).Select(architecture => architecture.Id));
    }

    public void Dispose() => scope.Dispose();

    /// <summary>The task of a small perceptron of this signature.</summary>
    internal static ArchitectureContext Context(int[] input, int[]? image, int outputs, OutputForm form = OutputForm.Logits)
    {
        var signature = new ModelSignature(input, outputs);
        var size = signature.InputSize;
        var scaling = new Scaling(new float[size], [.. Enumerable.Repeat(1f, size)], new float[outputs], [.. Enumerable.Repeat(1f, outputs)]);
        using var network = new Network(new Mlp([4]), nn.Sequential(("flatten", nn.Flatten()), ("linear", nn.Linear(size, outputs))), form);
        var target = TargetModel.FromNetwork(
            network,
            () => new Network(new Mlp([4]), nn.Sequential(("flatten", nn.Flatten()), ("linear", nn.Linear(size, outputs))), form),
            signature);
        return new(target, image, scaling);
    }
}
