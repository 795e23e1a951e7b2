using System.Buffers;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// A frozen perceptron on the processor: for so few numbers each of torch's operations takes several times as long as what
/// it computes.
/// </summary>
/// <param name="layers">Weight [in, out], whose columns lie side by side, and bias [out] of each layer, float32.</param>
internal sealed unsafe class ProcessorMlp(IReadOnlyList<(Tensor Weight, Tensor Bias)> layers)
{
    private readonly int[] widths = [(int)layers[0].Weight.shape[0], .. layers.Select(layer => (int)layer.Weight.shape[1])];

    // From one input's weights to the next one's: the first layers of a stack lie between each other.
    private readonly int[] strides = [.. layers.Select(layer => (int)layer.Weight.stride(0))];
    private readonly (nint Weight, nint Bias)[] starts = [.. layers.Select(layer => ((nint)TensorMemory.Start(layer.Weight), (nint)TensorMemory.Start(layer.Bias)))];

    /// <summary>Runs it.</summary>
    /// <param name="inputs">[N, input…], without a graph.</param>
    /// <returns>Outputs, [N, out], and what takes their gradient, [N, out], to that of the inputs, [N, input…]; once.</returns>
    public (Tensor Outputs, Func<Tensor, Tensor> Gradient) Pass(Tensor inputs)
    {
        var (outputs, signals) = Forward(inputs);
        long[] shape = inputs.shape;
        return (outputs, gradient => Backward(signals, gradient, shape));
    }

    /// <summary>Runs it where no gradient is wanted.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <returns>Outputs, [N, out].</returns>
    public Tensor Outputs(Tensor inputs)
    {
        var (outputs, signals) = Forward(inputs);
        foreach (var signal in signals)
        {
            GiveBack(signal);
        }

        return outputs;
    }

    // The outputs, and what each layer was given, which is the caller's to give back.
    private (Tensor Outputs, float[][] Signals) Forward(Tensor inputs)
    {
        var count = (int)inputs.shape[0];
        var signals = new float[widths.Length - 1][];
        var outputs = empty([count, widths[^1]]);
        using (var own = inputs.detach().contiguous())
        {
            signals[0] = Room(count * widths[0]);
            fixed (float* given = TensorMemory.Numbers(own), first = signals[0])
            {
                Products.Transpose(new(given, count, widths[0]), new(first, widths[0], count));
            }
        }

        for (var layer = 0; layer + 1 < widths.Length; layer++)
        {
            var last = layer + 2 == widths.Length;
            var after = Room(count * widths[layer + 1]);
            fixed (float* before = signals[layer], here = after)
            {
                var product = new Matrix(here, widths[layer + 1], count);
                Products.Multiply(Forwards(layer), new(before, widths[layer], count), product, (float*)starts[layer].Bias);
                if (last)
                {
                    fixed (float* answers = TensorMemory.Numbers(outputs))
                    {
                        Products.Transpose(product, new(answers, count, widths[^1]));
                    }
                }
                else
                {
                    Products.Rectify(product);
                    signals[layer + 1] = after;
                }
            }

            if (last)
            {
                GiveBack(after);
            }
        }

        return (outputs, signals);
    }

    private Tensor Backward(float[][] signals, Tensor gradient, long[] shape)
    {
        var count = (int)shape[0];
        var ofInputs = empty(shape);
        var slopes = Room(count * widths[^1]);
        using (var own = gradient.contiguous())
        {
            fixed (float* given = TensorMemory.Numbers(own), turned = slopes)
            {
                Products.Transpose(new(given, count, widths[^1]), new(turned, widths[^1], count));
            }
        }

        for (var layer = widths.Length - 2; layer >= 0; layer--)
        {
            var below = Room(count * widths[layer]);
            fixed (float* above = slopes, here = below, signal = signals[layer], answer = TensorMemory.Numbers(ofInputs))
            {
                var product = new Matrix(here, widths[layer], count);
                Products.Multiply(Backwards(layer), new(above, widths[layer + 1], count), product);
                if (layer > 0)
                {
                    Products.PassWhereOpen(product, new(signal, widths[layer], count));
                }
                else
                {
                    Products.Transpose(product, new(answer, count, widths[0]));
                }
            }

            GiveBack(slopes);
            GiveBack(signals[layer]);
            slopes = below;
        }

        GiveBack(slopes);
        return ofInputs;
    }

    private LeftMatrix Forwards(int layer) => new((float*)starts[layer].Weight, widths[layer + 1], widths[layer], 1, strides[layer]);

    private LeftMatrix Backwards(int layer) => new((float*)starts[layer].Weight, widths[layer], widths[layer + 1], strides[layer], 1);

    // Pooled, because room that was used a moment ago is still in the processor's caches. All of it is written before it is read.
    private static float[] Room(int count) => ArrayPool<float>.Shared.Rent(count);

    private static void GiveBack(float[] room) => ArrayPool<float>.Shared.Return(room);
}
