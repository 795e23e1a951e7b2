using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>
/// K perceptrons of one shape that learn together: their parameters lie side by side, and each layer of all of them is one
/// batched product.
/// </summary>
/// <remarks>
/// Every member's numbers start at a multiple of 64 bytes, whatever K is: matrix products differ in their last bits with the
/// alignment of their operands, and a member is to come out the same whichever others it was trained with.
/// </remarks>
internal sealed class PerceptronStack : IDisposable
{
    private PerceptronStack(IReadOnlyList<long> widths, Tensor values, IReadOnlyList<ParameterSegment> segments)
    {
        Widths = widths;
        Values = values;
        Segments = segments;
    }

    /// <summary>Widths from input to output.</summary>
    public IReadOnlyList<long> Widths { get; }

    /// <summary>All parameters, [K, padded], K at least 2.</summary>
    public Tensor Values { get; }

    /// <summary>Where the tensors lie: weight and bias of the first layer, of the second, and so on.</summary>
    public IReadOnlyList<ParameterSegment> Segments { get; }

    /// <summary>Numbers of one perceptron, padding included.</summary>
    public static long Stride(IReadOnlyList<long> widths) => Layout(widths)[^1].End;

    /// <summary>
    /// Copies the parameters of perceptrons of one shape. There are two rows at least, the second a mere companion if need be:
    /// a product of one pair of matrices is computed in another way than those of several, with other last bits.
    /// </summary>
    public static PerceptronStack Of(IReadOnlyList<Perceptron> members)
    {
        using var outer = NewDisposeScope();
        using var noGradient = no_grad();
        var widths = members[0].Widths;
        var segments = Layout(widths);
        var values = zeros([Math.Max(2, members.Count), segments[^1].End], device: members[0].Network.Parameters[0].Tensor.device);
        for (var k = 0; k < members.Count; k++)
        {
            foreach (var (segment, parameter) in segments.Zip(Parameters(members[k])))
            {
                segment.Of(values, k).copy_(parameter.Tensor.flatten());
            }
        }

        return new(widths, values.DetachFromDisposeScope(), segments);
    }

    /// <summary>Some of the perceptrons as a stack of their own.</summary>
    public PerceptronStack Some(IReadOnlyList<long> indices)
    {
        using var outer = NewDisposeScope();
        long[] rows = indices.Count == 1 ? [indices[0], indices[0]] : [.. indices];
        return new(Widths, Values.index_select(0, tensor(rows, device: Values.device)).DetachFromDisposeScope(), Segments);
    }

    /// <summary>Writes one perceptron's parameters back into its network.</summary>
    public void CopyTo(int k, Perceptron member)
    {
        using var outer = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (segment, parameter) in Segments.Zip(Parameters(member)))
        {
            parameter.Tensor.copy_(segment.Of(Values, k).view(parameter.Tensor.shape));
        }
    }

    /// <summary>A perceptron's tensors in the order of the segments.</summary>
    public static IEnumerable<NamedTensor> Parameters(Perceptron member) =>
        member.Layers.SelectMany(layer => (NamedTensor[])[layer.Weight, layer.Bias]);

    /// <summary>Runs each perceptron on its own batch.</summary>
    /// <param name="inputs">[K, B, in].</param>
    /// <returns>What each layer is given, [K, B, width], and the last layer's outputs, [K, B, out].</returns>
    public IReadOnlyList<Tensor> Forward(Tensor inputs)
    {
        var seen = new List<Tensor> { inputs };
        for (var layer = 0; layer + 1 < Widths.Count; layer++)
        {
            var outputs = seen[^1].bmm(Weight(layer).transpose(1, 2)).add_(Bias(layer));
            seen.Add(layer + 2 < Widths.Count ? outputs.relu_() : outputs);
        }

        return seen;
    }

    /// <summary>The gradients of the parameters, by segment.</summary>
    /// <param name="seen">As <see cref="Forward"/> returned them.</param>
    /// <param name="gradient">Of the outputs, [K, B, out].</param>
    /// <returns>[K, numbers of the segment] each.</returns>
    public IReadOnlyList<Tensor> Backward(IReadOnlyList<Tensor> seen, Tensor gradient)
    {
        var gradients = new Tensor[Segments.Count];
        for (var layer = Widths.Count - 2; layer >= 0; layer--)
        {
            gradients[2 * layer] = gradient.transpose(1, 2).bmm(seen[layer]).flatten(1);
            gradients[(2 * layer) + 1] = gradient.sum(1);
            if (layer > 0)
            {
                // ReLU passes the gradient on where it let the signal through.
                gradient = gradient.bmm(Weight(layer)).mul_(seen[layer].sign());
            }
        }

        return gradients;
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();

    private long Count => Values.shape[0];

    private Tensor Weight(int layer) => Segments[2 * layer].Of(Values).view(Count, Widths[layer + 1], Widths[layer]);

    private Tensor Bias(int layer) => Segments[(2 * layer) + 1].Of(Values).view(Count, 1, Widths[layer + 1]);

    private static List<ParameterSegment> Layout(IReadOnlyList<long> widths)
    {
        var segments = new List<ParameterSegment>();
        for (var layer = 0; layer + 1 < widths.Count; layer++)
        {
            Add(widths[layer] * widths[layer + 1]);
            Add(widths[layer + 1]);
        }

        return segments;

        void Add(long length) => segments.Add(new(segments.Count == 0 ? 0 : segments[^1].End, length));
    }
}
