using TorchSharp;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

/// <summary>A perceptron's outputs and gradients in managed code are torch's.</summary>
[Collection(TorchSession.Name)]
public sealed class ProcessorMlpTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public ProcessorMlpTests() => manual_seed(21);

    // Fewer inputs than a vector, fewer than a tile of the products, a tile, and more than several, with a rest and without;
    // widths of less than a tile's six rows, and more than several with a rest.
    public static MatrixTheoryData<int, int[]> Shapes { get; } = new([1, 9, 16, 100, 101], [[5, 1], [7, 20, 3], [31, 100, 33, 2]]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_and_gradients_are_torchs(int count, int[] widths) =>
        Check(count, widths, Layers(widths, (inputs, outputs, _) => randn(inputs, outputs)));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Weights_may_lie_between_those_of_others(int count, int[] widths)
    {
        // The first layers of a stack of three are [in, K, out], the others [K, in, out].
        var layers = Layers(widths, (inputs, outputs, layer) => layer == 0 ? randn(inputs, 3, outputs).select(1, 1) : randn(3, inputs, outputs).select(0, 1));
        Assert.Equal(3 * widths[1], layers[0].Weight.stride(0));

        Check(count, widths, layers);
    }

    [Fact]
    public void Passes_of_one_perceptron_do_not_disturb_each_other()
    {
        int[] widths = [7, 20, 3];
        var layers = Layers(widths, (inputs, outputs, _) => randn(inputs, outputs));
        var mlp = new ProcessorMlp(layers);
        var (first, second) = (randn(100, 7), randn(9, 7));

        var (_, ofFirst) = mlp.Pass(first);
        var (_, ofSecond) = mlp.Pass(second);

        Near(Expected(layers, second, ones(9, 3)).Gradient, ofSecond(ones(9, 3)));
        Near(Expected(layers, first, ones(100, 3)).Gradient, ofFirst(ones(100, 3)));
    }

    public void Dispose() => scope.Dispose();

    private static void Check(int count, int[] widths, IReadOnlyList<(Tensor Weight, Tensor Bias)> layers)
    {
        var mlp = new ProcessorMlp(layers);
        var (inputs, ofOutputs) = (randn(count, widths[0]), randn(count, widths[^1]));
        var (outputs, gradient) = Expected(layers, inputs, ofOutputs);

        var (found, back) = mlp.Pass(inputs);
        Near(outputs, found);
        Near(gradient, back(ofOutputs));
        Near(outputs, mlp.Outputs(inputs));

        // Inputs that lie by columns, and a gradient of which one number stands for all.
        var ofMean = full(1, 1, 0.5f).expand(count, widths[^1]);
        var (turned, turnedBack) = mlp.Pass(inputs.t().contiguous().t());
        Near(outputs, turned);
        Near(Expected(layers, inputs, ofMean).Gradient, turnedBack(ofMean));
    }

    private static (Tensor Outputs, Tensor Gradient) Expected(IReadOnlyList<(Tensor Weight, Tensor Bias)> layers, Tensor inputs, Tensor ofOutputs)
    {
        var leaf = inputs.clone().requires_grad_();
        var signal = leaf;
        for (var layer = 0; layer < layers.Count; layer++)
        {
            signal = (layer == 0 ? signal : signal.relu()).mm(layers[layer].Weight) + layers[layer].Bias;
        }

        signal.backward([ofOutputs]);
        return (signal.detach(), leaf.grad!);
    }

    private static IReadOnlyList<(Tensor Weight, Tensor Bias)> Layers(int[] widths, Func<int, int, int, Tensor> weight) =>
        [.. Enumerable.Range(0, widths.Length - 1).Select(layer => (weight(widths[layer], widths[layer + 1], layer).div_(MathF.Sqrt(widths[layer])), randn(widths[layer + 1])))];

    private static void Near(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Fixtures.Near(expected.flatten().data<float>().ToArray(), actual.flatten(), 1e-4);
    }
}
