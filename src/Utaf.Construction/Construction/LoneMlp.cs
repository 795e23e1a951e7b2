using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>One of stacked perceptrons: views of its weights, made once, since a view takes as long as a small product.</summary>
internal sealed class LoneMlp : IDisposable
{
    // Weight [in, out], its transpose, and bias [out] of each layer.
    private readonly (Tensor Weight, Tensor Back, Tensor Bias)[] layers;
    private readonly ProcessorMlp? onProcessor;

    /// <param name="stacked">The stack's layers: the first weight [in, K, out], others [K, in, out], biases [K, 1, out].</param>
    /// <param name="index">Which of the K.</param>
    public LoneMlp(IReadOnlyList<(Tensor Weight, Tensor Bias)> stacked, int index)
    {
        using var scope = NewDisposeScope();
        layers = [.. stacked.Select((layer, i) =>
        {
            var weight = layer.Weight.select(i == 0 ? 1 : 0, index);
            return (weight.DetachFromDisposeScope(), weight.t().DetachFromDisposeScope(), layer.Bias.select(0, index).flatten().DetachFromDisposeScope());
        })];
        onProcessor = layers[0].Weight.device_type == DeviceType.CPU && Products.IsFast ? new([.. layers.Select(layer => (layer.Weight, layer.Bias))]) : null;
    }

    /// <summary>Its outputs, [N, out], where no gradient is wanted; null where torch is to compute them.</summary>
    /// <param name="inputs">[N, input…].</param>
    public Tensor? Outputs(Tensor inputs) => onProcessor?.Outputs(inputs);

    /// <summary>Runs it.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="served">Makes of outputs, [N, out], what an API serves, and knows the way back.</param>
    public GroupPass Pass(Tensor inputs, Func<Tensor, GroupPass> served)
    {
        if (onProcessor is not null)
        {
            var (outputs, back) = onProcessor.Pass(inputs);
            var products = served(outputs);
            return new(products.Answers.view(1, -1), gradient => back(products.Gradient(gradient.view(outputs.shape))));
        }

        var hidden = new Tensor[layers.Length];
        using (no_grad())
        {
            var signal = inputs.flatten(1);
            for (var i = 0; i < layers.Length; i++)
            {
                signal = addmm(layers[i].Bias, i == 0 ? signal : signal.relu_(), layers[i].Weight, 1, 1);
                hidden[i] = signal;
            }
        }

        var answers = served(hidden[^1]);
        return new(answers.Answers.view(1, -1), gradient => Backward(hidden, answers.Gradient(gradient.view(hidden[^1].shape)), inputs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (weight, back, bias) in layers)
        {
            weight.Dispose();
            back.Dispose();
            bias.Dispose();
        }
    }

    private Tensor Backward(Tensor[] hidden, Tensor gradient, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var i = layers.Length - 1; i > 0; i--)
        {
            // ReLU passes the gradient on where it let the signal through.
            gradient = gradient.mm(layers[i].Back).mul_(hidden[i - 1].sign());
        }

        return gradient.mm(layers[0].Back).view(inputs.shape).MoveToOuterDisposeScope();
    }
}
