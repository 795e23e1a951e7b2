using TorchSharp;
using Utaf.Ensembles.Obfuscations;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

/// <summary>The architectures of Tables A1 and A3, and what is done to transposed convolutions.</summary>
[Collection(TorchSession.Name)]
public sealed class GanTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, string> Tables() => new()
    {
        { "dcgan", "generator" }, { "dcgan", "discriminator" },
        { "fcgan-2", "generator" }, { "fcgan-2", "discriminator" },
        { "fcgan-4", "generator" }, { "fcgan-4", "discriminator" },
        { "fcgan-8", "generator" }, { "fcgan-8", "discriminator" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_papers_GANs_have_PyTorchs_parameters_and_outputs(string name, string half)
    {
        var vectors = Fixtures.Vectors("gan").GetProperty(name).GetProperty(half);
        var k = name == "dcgan" ? 0 : int.Parse(name[6..]);
        using var module = (name, half) switch
        {
            ("dcgan", "generator") => Dcgan.Generator(100, 32, [1, 28, 28]),
            ("dcgan", _) => Dcgan.Discriminator(32, [1, 28, 28]),
            (_, "generator") => FcGan.Generator(100, k, 784),
            _ => FcGan.Discriminator(784, k),
        };
        var parameters = module.named_parameters().ToList();
        Assert.Equal(vectors.GetProperty("parameterCount").GetInt64(), parameters.Sum(parameter => parameter.parameter.numel()));
        Assert.Equal(
            vectors.GetProperty("shapes").EnumerateArray().Select(shape => string.Join('x', Fixtures.Numbers(shape))),
            parameters.Select(parameter => string.Join('x', parameter.parameter.shape)));
        foreach (var (named, tensor) in parameters.Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers()))
        {
            Pattern.Fill(named, tensor);
        }

        module.eval();
        var shape = Shape("inputShape");
        var inputs = tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (float)Math.Sin(0.11 * i)).ToArray(), shape);
        using var noGradient = no_grad();
        var outputs = module.forward(inputs);

        // Here the discriminator of Table A1 ends before its Sigmoid.
        outputs = name == "dcgan" && half == "discriminator" ? outputs.sigmoid() : outputs;
        Assert.Equal(Shape("outputShape"), outputs.shape);
        var every = vectors.GetProperty("every").GetInt32();
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), outputs.flatten()[TensorIndex.Slice(step: every)], 1e-4);

        long[] Shape(string of) => [.. Fixtures.Numbers(vectors.GetProperty(of)).Select(size => (long)size)];
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 12)]
    [InlineData(1, 28)]
    [InlineData(3, 32)]
    [InlineData(2, 36)]
    [InlineData(1, 64)]
    public void A_DCGAN_of_any_width_makes_and_judges_square_images(int channels, int side)
    {
        using var generator = Dcgan.Generator(5, 3, [channels, side, side]);
        using var discriminator = Dcgan.Discriminator(3, [channels, side, side]);
        var images = generator.forward(randn(2, 5, 1, 1));

        Assert.Equal([2, channels, side, side], images.shape);
        Assert.Equal([2, 1, 1, 1], discriminator.forward(images).shape);
    }

    [Fact]
    public void Transposed_convolutions_start_as_PyTorch_starts_them()
    {
        using var network = new Network(new Dcgan(8), nn.Sequential(("a", nn.ConvTranspose2d(50, 20, 3)), ("b", nn.Conv2d(20, 10, 3))), OutputForm.Raw);
        Initialisation.ResetAll(network, new SeededRandom(1, "init"));

        // PyTorch counts the fan-in of [in, out, 3, 3] along the second axis, transposed or not.
        Assert.InRange(network.Parameters[0].Tensor.abs().max().ToDouble(), 0.98 / Math.Sqrt(180), 1 / Math.Sqrt(180));
        Assert.InRange(network.Parameters[2].Tensor.abs().max().ToDouble(), 0.95 / Math.Sqrt(180), 1 / Math.Sqrt(180));
        Assert.Equal([1, 0, 0, 0], network.Parameters.Select(parameter => parameter.OutputAxis));
    }

    [Theory]
    [InlineData("gan-scripted.pt")]
    [InlineData("gan-traced.pt")]
    public void A_generator_in_TorchScript_is_known_by_its_transposed_kernels(string file)
    {
        using var target = Generation.Load(Fixtures.PathOf(file), null);
        var kernels = FilterPruning.Convolutions(target.Network).ToList();

        Assert.Equal([8, 1, 1], target.Signature.InputShape);
        Assert.Equal(64, target.Signature.OutputWidth);
        Assert.Equal([1, 1, 1, 1], kernels.Select(parameter => parameter.OutputAxis));
        Assert.Equal("9", Assert.Single(Layers.Last(target.Network, 64)).Layer);
        Assert.Equal(["1.weight", "1.bias"], Layers.NormAfter(target.Network, kernels[0]).Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData("gan-discriminator.pt", ConvolutionKinds.Plain)]
    [InlineData("gan-scripted.pt", ConvolutionKinds.Transposed)]
    [InlineData("cnn-traced.pt", ConvolutionKinds.Plain)]
    [InlineData("mlp-traced.pt", ConvolutionKinds.None)]
    public void Code_tells_its_kinds_of_convolution(string file, ConvolutionKinds kinds) =>
        Assert.Equal(kinds, TorchScriptFile.Open(Fixtures.PathOf(file)).Convolutions);

    [Fact]
    public void Pruning_a_filter_of_a_transposed_convolution_takes_the_whole_output_channel_away()
    {
        using var target = Generation.Load(Fixtures.PathOf("gan-scripted.pt"), null);
        using var network = target.Copy();
        var kept = FilterPruning.Kept(network, 0.25, PruningCriterion.L1, new SeededRandom(1, "prune"));
        using var noGradient = no_grad();
        var first = network.Parameters[0];
        var norms = first.Tensor.abs().sum([0, 2, 3]);
        foreach (var (parameter, keep) in kept)
        {
            parameter.Tensor.mul_(keep);
        }

        var gone = first.Tensor.abs().sum([0, 2, 3]).eq(0);
        Assert.Equal(8, gone.sum().ToInt64());
        Assert.True((norms.masked_select(gone).max() <= norms.masked_select(gone.logical_not()).min()).ToBoolean());
        foreach (var norm in network.Parameters.Where(parameter => parameter.Layer == "1"))
        {
            Assert.True(norm.Tensor.masked_select(gone).eq(0).all().ToBoolean());
        }

        // A channel that is gone says nothing to the next layer, whatever the input.
        using var zeroed = target.Copy();
        zeroed.CopyFrom(network);
        zeroed.Parameters.First(parameter => parameter.Name == "3.weight").Tensor.mul_(gone.logical_not().to_type(ScalarType.Float32).view(-1, 1, 1, 1));
        var latents = randn(4, 8, 1, 1);
        Assert.True(network.Forward(latents).allclose(zeroed.Forward(latents)));
    }

    public void Dispose() => scope.Dispose();
}
