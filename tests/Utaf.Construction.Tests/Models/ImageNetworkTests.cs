using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class ImageNetworkTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, string, long> Networks() => new()
    {
        { "squeezenet-1.0", "published", 1_248_424 },
        { "densenet-161", "published", 28_681_000 },
        { "alexnet", "published", 61_100_840 },
        { "vgg-16", "published", 138_357_544 },
        { "squeezenet-1.0", "28x28", 727_306 },
        { "densenet-161", "28x28", 26_480_842 },
        { "alexnet", "28x28", 23_467_722 },
        { "vgg-16", "28x28", 33_637_066 },
        { "squeezenet-1.0", "32x32", 727_495 },
        { "densenet-161", "32x32", 26_475_943 },
        { "alexnet", "32x32", 23_456_583 },
        { "vgg-16", "32x32", 33_625_927 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_published_network_has_torchvisions_names_parameters_and_outputs(string name, string form, long parameterCount)
    {
        var vectors = Fixtures.Vectors("networks").GetProperty($"{name}, {form}");
        var shape = Fixtures.Numbers(vectors.GetProperty("inputShape")).Select(size => (long)size).ToArray();
        using var body = ImageNetwork.TryParse(name)!.Body((int)shape[1], vectors.GetProperty("classes").GetInt32(), smallImages: form != "published");
        var parameters = body.named_parameters().ToList();

        // The numbers depend on the names: a tensor of another name, or at another place, gives other outputs.
        foreach (var (tensorName, tensor) in parameters.Select(parameter => (parameter.name, (Tensor)parameter.parameter)).Concat(body.named_buffers()))
        {
            Pattern.Fill(tensorName, tensor);
        }

        body.eval();
        using var noGradient = no_grad();
        var outputs = body.forward(Pattern.Inputs(shape));

        Assert.Equal(parameterCount, vectors.GetProperty("parameterCount").GetInt64());
        Assert.Equal(parameterCount, parameters.Sum(parameter => parameter.parameter.numel()));
        Assert.Equal(vectors.GetProperty("names").GetInt32(), parameters.Count);
        Assert.Equal(vectors.GetProperty("first").GetString(), parameters[0].name);
        Assert.Equal(vectors.GetProperty("last").GetString(), parameters[^1].name);
        var expected = Fixtures.Numbers(vectors.GetProperty("outputs")).ToArray();
        var found = outputs.flatten()[TensorIndex.Slice(step: Math.Max(1, outputs.numel() / 50))].contiguous().data<float>().ToArray();
        Assert.Equal(expected.Length, found.Length);
        var tolerance = 1e-4 * (1 + expected.Max(value => Math.Abs((double)value)));
        Assert.All(expected.Zip(found), pair => Assert.Equal((double)pair.First, pair.Second, tolerance));
        Assert.Equal(vectors.GetProperty("sum").GetDouble(), outputs.to_type(ScalarType.Float64).sum().ToDouble(), tolerance * outputs.numel());
    }

    [Theory]
    [InlineData("resnet-18", 11_172_810)]
    [InlineData("resnet-18-w4-d2", 308_538)]
    [InlineData("squeezenet-1.0-w4", 47_146)]
    [InlineData("densenet-161-w4-d4", 193_732)]
    [InlineData("alexnet-w4", 1_476_282)]
    [InlineData("vgg-16-w4-d2", 1_768_778)]
    public void A_scaled_network_has_so_many_parameters_at_28_by_28(string name, long parameterCount)
    {
        using var network = Network(name);

        Assert.Equal(parameterCount, network.Parameters.Sum(parameter => parameter.Tensor.numel()));
    }

    [Theory]
    [InlineData("squeezenet-1.0-w4", "body.classifier.1")]
    [InlineData("densenet-161-w4-d4", "body.classifier")]
    [InlineData("alexnet-w4", "body.classifier.6")]
    [InlineData("vgg-16-w4", "body.classifier.6")]
    public void The_last_layer_is_the_one_that_gives_the_outputs(string name, string layer)
    {
        using var network = Network(name);

        Assert.Equal([$"{layer}.weight", $"{layer}.bias"], Layers.Last(network, 10).Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData("squeezenet-1.0-w4", true)]
    [InlineData("densenet-161-w8-d4", false)]
    [InlineData("alexnet-w8", true)]
    [InlineData("vgg-16-w8", true)]
    public void Dropout_is_where_torchvision_has_it_and_only_in_training(string name, bool drops)
    {
        using var network = Network(name);
        var inputs = randn(8, 1, 28, 28);
        using var noGradient = no_grad();

        Assert.True(network.Forward(inputs).eq(network.Forward(inputs)).all().ToBoolean());
        network.TrainingMode();
        Assert.Equal(!drops, network.Forward(inputs).eq(network.Forward(inputs)).all().ToBoolean());
    }

    [Theory]
    [InlineData("squeezenet-1.0-w4")]
    [InlineData("alexnet-w4")]
    [InlineData("vgg-16-w4")]
    public void What_the_inputs_say_arrives_at_the_end_of_a_fresh_deep_network_without_norms(string name)
    {
        using var network = Network(name);
        manual_seed(1);

        var outputs = network.Forward(randn(32, 1, 28, 28));

        // With the bounds of shallow networks it is a hundredth of this.
        Assert.InRange(outputs.std(0, unbiased: true).mean().ToDouble(), 0.01, 3);
    }

    [Fact]
    public void Pruning_filters_leaves_the_outputs_of_a_network_whose_last_layer_is_a_convolution()
    {
        using var network = Network("squeezenet-1.0-w4");

        var pruned = FilterPruning.Kept(network, 0.5, PruningCriterion.L1, new SeededRandom(1, "")).Select(kept => kept.Parameter.Name).ToList();

        Assert.Contains("body.features.0.weight", pruned);
        Assert.Contains("body.features.12.expand3x3.bias", pruned);
        Assert.DoesNotContain("body.classifier.1.weight", pruned);
    }

    [Theory]
    [InlineData(3, OutputForm.Logits, true)]
    [InlineData(1, OutputForm.Logits, false)]
    [InlineData(1, OutputForm.Raw, false)]
    [InlineData(3, OutputForm.Raw, false)]
    public void SqueezeNet_answers_below_zero_unless_it_scores_several_classes(int outputs, OutputForm form, bool cut)
    {
        var context = ZooTests.Context([1, 28, 28], [1, 28, 28], outputs, form);
        using var network = new SqueezeNet(16, 4).Build(context, new SeededRandom(1, "net"));
        using var noGradient = no_grad();
        network.Parameters.Single(parameter => parameter.Name == "body.classifier.1.bias").Tensor.fill_(-100);

        var answers = network.Forward(randn(4, 1, 28, 28));

        Assert.Equal([4, outputs], answers.shape);
        Assert.True((cut ? answers.eq(0) : answers.lt(-10)).all().ToBoolean());
    }

    public void Dispose() => scope.Dispose();

    private static Network Network(string name)
    {
        var context = ZooTests.Context([1, 28, 28], [1, 28, 28], outputs: 10);
        return Zoo.Parse(name, context).Single().Build(context, new SeededRandom(1, name));
    }
}
