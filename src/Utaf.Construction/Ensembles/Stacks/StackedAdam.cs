using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>
/// Adam (Kingma and Ba 2015) for parameters that lie side by side, with a learning rate for each row. On the CPU all of it is
/// one pass over memory; torch's operations would make twelve.
/// </summary>
internal sealed class StackedAdam : IDisposable
{
    private const float FirstDecay = 0.9f;
    private const float Epsilon = 1e-8f;
    private readonly float secondDecay;
    private int steps;

    /// <param name="values">The parameters, [K, n].</param>
    /// <param name="rates">The learning rate of each row.</param>
    /// <param name="secondDecay">β₂.</param>
    public StackedAdam(Tensor values, IReadOnlyList<double> rates, float secondDecay = 0.999f)
        : this(values, zeros_like(values).DetachFromDisposeScope(), zeros_like(values).DetachFromDisposeScope(), rates, secondDecay, 0)
    {
    }

    private StackedAdam(Tensor values, Tensor mean, Tensor square, IReadOnlyList<double> rates, float secondDecay, int steps)
    {
        (Values, Mean, Square, Rates) = (values, mean, square, rates);
        (this.secondDecay, this.steps) = (secondDecay, steps);
    }

    /// <summary>The parameters, [K, n].</summary>
    public Tensor Values { get; }

    private Tensor Mean { get; }

    private Tensor Square { get; }

    private IReadOnlyList<double> Rates { get; }

    /// <summary>Some of the rows, which now lie elsewhere, with what was learned of them.</summary>
    /// <param name="values">Their parameters, [indices, n].</param>
    /// <param name="indices">Which rows.</param>
    public StackedAdam Some(Tensor values, IReadOnlyList<long> indices)
    {
        using var scope = NewDisposeScope();
        var chosen = tensor(indices.ToArray(), device: values.device);
        return new(
            values,
            Mean.index_select(0, chosen).DetachFromDisposeScope(),
            Square.index_select(0, chosen).DetachFromDisposeScope(),
            [.. indices.Select(index => Rates[(int)index])],
            secondDecay,
            steps);
    }

    /// <summary>One step down the gradients.</summary>
    /// <param name="gradients">Where they belong, and the gradients, [K, length].</param>
    /// <param name="isLearned">Whether a row learns a segment, by row and place in the list; others stay as they are.</param>
    public void Step(IReadOnlyList<(ParameterSegment Segment, Tensor Gradient)> gradients, Func<int, int, bool> isLearned)
    {
        steps++;
        var firstCorrection = 1 - Math.Pow(FirstDecay, steps);
        var secondCorrection = (float)Math.Sqrt(1 - Math.Pow(secondDecay, steps));
        for (var part = 0; part < gradients.Count; part++)
        {
            var (segment, gradient) = gradients[part];
            if (Values.device_type == DeviceType.CPU)
            {
                OnCpu(segment, gradient, row => isLearned(row, part), firstCorrection, secondCorrection);
            }
            else
            {
                OnDevice(segment, gradient, row => isLearned(row, part), firstCorrection, secondCorrection);
            }
        }
    }

    /// <summary>The same by torch's operations, as other devices need them.</summary>
    internal void OnDevice(ParameterSegment segment, Tensor gradient, Func<int, bool> isLearned, double firstCorrection, float secondCorrection)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rates = tensor(Rates.Select((rate, row) => isLearned(row) ? (float)(rate / firstCorrection) : 0).ToArray(), [Rates.Count, 1], device: gradient.device);
        var (mean, square) = (segment.Of(Mean), segment.Of(Square));
        mean.mul_(FirstDecay).add_(gradient * (1 - FirstDecay));
        square.mul_(secondDecay).add_(gradient * (1 - secondDecay) * gradient);
        segment.Of(Values).sub_(rates * mean / ((square.sqrt() / secondCorrection) + Epsilon));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Square.Dispose();
    }

    private void OnCpu(ParameterSegment segment, Tensor gradient, Func<int, bool> isLearned, double firstCorrection, float secondCorrection)
    {
        using var scope = NewDisposeScope();
        var values = Numbers(Values);
        var mean = Numbers(Mean);
        var square = Numbers(Square);
        var slopes = Numbers(gradient.contiguous());
        var stride = (int)Values.shape[1];
        for (var row = 0; row < Rates.Count; row++)
        {
            if (isLearned(row))
            {
                var start = (row * stride) + (int)segment.Start;
                var length = (int)segment.Length;
                Update(
                    values.Slice(start, length),
                    slopes.Slice(row * length, length),
                    mean.Slice(start, length),
                    square.Slice(start, length),
                    (float)(Rates[row] / firstCorrection),
                    secondCorrection);
            }
        }
    }

    /// <summary>The numbers of a contiguous float32 tensor on the CPU.</summary>
    private static Span<float> Numbers(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);

    // The same operations in the same order in vectors and in the rest, so that a number's place does not matter.
    private void Update(Span<float> values, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, float rate, float correction)
    {
        var width = Vector<float>.Count;
        var vectors = values.Length / width * width;
        var (rates, corrections, epsilons) = (new Vector<float>(rate), new Vector<float>(correction), new Vector<float>(Epsilon));
        for (var i = 0; i < vectors; i += width)
        {
            var g = new Vector<float>(gradient[i..]);
            var m = (new Vector<float>(mean[i..]) * FirstDecay) + (g * (1 - FirstDecay));
            var v = (new Vector<float>(square[i..]) * secondDecay) + (g * (1 - secondDecay) * g);
            m.CopyTo(mean[i..]);
            v.CopyTo(square[i..]);
            (new Vector<float>(values[i..]) - (rates * m / ((Vector.SquareRoot(v) / corrections) + epsilons))).CopyTo(values[i..]);
        }

        for (var i = vectors; i < values.Length; i++)
        {
            var g = gradient[i];
            mean[i] = (mean[i] * FirstDecay) + (g * (1 - FirstDecay));
            square[i] = (square[i] * secondDecay) + (g * (1 - secondDecay) * g);
            values[i] -= rate * mean[i] / ((MathF.Sqrt(square[i]) / correction) + Epsilon);
        }
    }
}
