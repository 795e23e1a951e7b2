using TorchSharp;
using Utaf.Ensembles.Tests;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class MlpWeightsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask mlp = SmallTask.Mlp();

    [Theory]
    [InlineData("mlp-scripted.pt")]
    [InlineData("mlp-traced.pt")]
    public void A_perceptron_is_read_from_PyTorchs_file(string file)
    {
        using var target = TargetModel.Load(Fixtures.PathOf(file), new Regression(), mlp.Data.Owner);

        var read = MlpWeights.TryRead(target.Network, mlp.Workshop.Owner.Inputs);

        Assert.Equal("5-8-1", read?.Shape);
        Assert.Equal(OutputForm.Raw, read!.Form);
    }

    [Theory]
    [InlineData(new[] { 6 }, "5-6-1")]
    [InlineData(new[] { 6, 7, 4 }, "5-6-7-4-1")]
    public void The_zoos_perceptrons_are_read_with_their_scale_folded_in(int[] hidden, string shape)
    {
        var context = mlp.Workshop.Architectures with { Scaling = new([1, -2, 3, 0, 0.5f], [2, 0.5f, 1, 3, 0.1f], [30], [15]) };
        using var network = new Mlp(hidden).Build(context, new SeededRandom(1, "scaled"));
        var inputs = randn(20, 5) * 3;

        var read = MlpWeights.TryRead(network, mlp.Workshop.Owner.Inputs)!;
        Assert.Equal(shape, read.Shape);
        using var stacked = new StackedMlps([0], [read], new Regression());

        MlpStack.Near(network.Forward(inputs).flatten(), stacked.Outputs(inputs, null, ScalarType.Float32)[0]);
    }

    [Fact]
    public void A_convolutional_network_is_none()
    {
        using var cnn = SmallTask.Cnn();

        Assert.Null(MlpWeights.TryRead(cnn.Target.Network, cnn.Workshop.Owner.Inputs));
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("leaky")]
    [InlineData("relu6")]
    [InlineData("positive output")]
    public void A_perceptron_that_computes_something_else_is_none(string activation)
    {
        nn.Module<Tensor, Tensor> between = activation switch
        {
            "tanh" => nn.Tanh(),
            "leaky" => nn.LeakyReLU(0.01),
            "relu6" => nn.ReLU6(),
            _ => nn.ReLU(),
        };
        manual_seed(2);
        nn.Module<Tensor, Tensor> after = activation == "positive output" ? nn.ReLU() : nn.Identity();
        using var network = new Network(new Mlp([8]), nn.Sequential(nn.Linear(5, 8), between, nn.Linear(8, 1), after), OutputForm.Raw).Freeze();

        Assert.Null(MlpWeights.TryRead(network, mlp.Workshop.Owner.Inputs));
    }

    [Fact]
    public void Stacked_perceptrons_answer_as_each_alone()
    {
        using var stack = MlpStack.Of(mlp.Workshop, 5);
        var inputs = randn(9, 5);

        var outputs = stack.Stacked.Outputs(inputs, null, ScalarType.Float32);

        Assert.Equal([5, 9], outputs.shape);
        MlpStack.Near(stack.OneByOne(inputs, [0, 1, 2, 3, 4]), outputs);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4, 0, 2)]
    [InlineData(1, 0)]
    public void Chosen_perceptrons_answer_in_the_order_of_choice(params int[] chosen)
    {
        using var stack = MlpStack.Of(mlp.Workshop, 5);
        var inputs = randn(9, 5);

        MlpStack.Near(stack.OneByOne(inputs, chosen), stack.Stacked.Outputs(inputs, chosen, ScalarType.Float32));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(new[] { 4, 1 })]
    [InlineData(new[] { 2 })]
    public void Gradients_to_the_inputs_are_those_of_each_alone(int[]? chosen)
    {
        using var stack = MlpStack.Of(mlp.Workshop, 5);
        var inputs = randn(9, 5);
        var alone = inputs.clone().requires_grad_();

        var pass = stack.Stacked.Pass(inputs, chosen, PassTerms.Exact);
        var gradient = pass.Gradient(pass.Answers * 2);
        stack.OneByOne(alone, chosen ?? [0, 1, 2, 3, 4]).square().sum().backward();

        Assert.True(alone.grad!.abs().max().item<float>() > 0.1f);
        MlpStack.Near(alone.grad!, gradient);
    }

    public void Dispose()
    {
        mlp.Dispose();
        scope.Dispose();
    }
}
