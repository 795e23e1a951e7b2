using TorchSharp;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class SingleMemberTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Network network;
    private readonly Tensor inputs;

    public SingleMemberTests()
    {
        var context = ZooTests.Context([1, 8, 8], [1, 8, 8], outputs: 5, OutputForm.Logits);
        network = Zoo.Parse("convnet-32-40", context).Single().Build(context, new SeededRandom(3, "member")).Freeze();
        manual_seed(2);
        inputs = randn(25, 1, 8, 8);
    }

    [Theory]
    [InlineData(3, long.MaxValue)]
    [InlineData(3, 0)]
    [InlineData(1, 0)]
    [InlineData(8, long.MaxValue)]
    public void Parts_side_by_side_answer_and_have_the_gradients_of_the_whole(int threads, long graphBytes)
    {
        var (expected, gradient) = Expected();
        using var several = TorchRuntime.WithThreads(threads);
        using var folded = Folding.TryFold(network, inputs)!;
        var member = new SingleMember(0, _ => folded, new Classification());

        var pass = member.Pass(inputs, null, new PassTerms(ScalarType.Float32, graphBytes));

        MlpStack.Near(expected, member.Outputs(inputs, null, ScalarType.Float32));
        MlpStack.Near(expected, pass.Answers);
        Assert.False(pass.Answers.requires_grad);
        MlpStack.Near(gradient, pass.Gradient(Slopes(expected)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_graph_that_is_kept_goes_back_when_its_network_was_put_back(int threads)
    {
        var (expected, gradient) = Expected();
        using var several = TorchRuntime.WithThreads(threads);
        var folded = Folding.TryFold(network, inputs)!;
        var pass = new SingleMember(0, _ => folded, new Classification()).Pass(inputs, null, new PassTerms(ScalarType.Float32, long.MaxValue));
        folded.Dispose();

        MlpStack.Near(gradient, pass.Gradient(Slopes(expected)));
    }

    [Fact]
    public void Blocks_side_by_side_answer_and_have_the_gradients_of_the_whole()
    {
        using var several = TorchRuntime.WithThreads(3);
        using var residual = Residual();
        using var folded = Folding.TryFold(residual, inputs)!;
        var member = new SingleMember(0, _ => folded, new Classification());
        var leaf = inputs.clone().requires_grad_();
        var answers = residual.Forward(leaf).softmax(1).reshape(1, -1);
        answers.backward([Slopes(answers.detach())]);

        var pass = member.Pass(inputs, null, new PassTerms(ScalarType.Float32, long.MaxValue));

        MlpStack.Near(answers.detach(), pass.Answers);

        // Where a sum is next to zero, a rounding decides whether ReLU lets its gradient through.
        var gradient = pass.Gradient(Slopes(pass.Answers));
        Assert.InRange((gradient - leaf.grad!).norm().ToDouble(), 0, 0.02 * leaf.grad!.norm().ToDouble());
        Assert.Equal(FrozenOperation.AreFast, folded.Operations.OfType<WinogradBlock>().Any());
    }

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 200)]
    public void Threads_do_not_get_into_each_others_way_in_many_passes(bool blocks, int passes)
    {
        using var several = TorchRuntime.WithThreads(3);
        using var residual = Residual();
        using var folded = Folding.TryFold(blocks ? residual : network, inputs)!;
        var member = new SingleMember(0, _ => folded, new Classification());
        var slopes = ones(1, 125);
        var first = Gradient();

        for (var i = 0; i < passes; i++)
        {
            using var pass = NewDisposeScope();
            Assert.True(first.eq(Gradient()).all().ToBoolean(), $"pass {i} differs");
        }

        Tensor Gradient() => member.Pass(inputs, null, new PassTerms(ScalarType.Float32, long.MaxValue)).Gradient(slopes);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void The_transforms_are_asked_for_where_no_part_has_several_threads(int threads, bool asked)
    {
        using var several = TorchRuntime.WithThreads(threads);
        using var folded = Folding.TryFold(network, inputs)!;
        FoldingTerms? terms = null;
        var member = new SingleMember(0, given => (terms = given, folded).folded, new Classification());

        _ = member.Outputs(inputs, null, ScalarType.Float32);

        Assert.Equal(new FoldingTerms(ScalarType.Float32, asked), terms);
    }

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    /// <summary>A ResNet whose first blocks go by Winograd's transforms.</summary>
    private static Network Residual()
    {
        var context = ZooTests.Context([1, 8, 8], [1, 8, 8], outputs: 5, OutputForm.Logits);
        return Zoo.Parse("resnet-18-w2", context).Single().Build(context, new SeededRandom(4, "residual")).Freeze();
    }

    private static Tensor Slopes(Tensor answers) => arange(answers.numel(), ScalarType.Float32).view(answers.shape).div(answers.numel());

    private (Tensor Answers, Tensor Gradient) Expected()
    {
        var leaf = inputs.clone().requires_grad_();
        var answers = network.Forward(leaf).softmax(1).reshape(1, -1);
        answers.backward([Slopes(answers.detach())]);
        return (answers.detach(), leaf.grad!);
    }
}
