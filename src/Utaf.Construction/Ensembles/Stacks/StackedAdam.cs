using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>Adam for parameters that lie side by side, with a learning rate for each row.</summary>
internal sealed unsafe class StackedAdam : IDisposable
{
    private readonly float secondDecay;
    private int steps;

    // Where values and moments lie, found once: asking torch takes as long as a small segment's step. Not before a step needs
    // it, since on a GPU there is nothing to find.
    private float* valuesAt;
    private float* meanAt;
    private float* squareAt;
    private long stride;

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

    /// <summary>Begins a step of rows one by one.</summary>
    public void Next() => steps++;

    /// <summary>The current step of one row's segment, on the processor, where the tensors' memory stays in place.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="segment">What is learned of it.</param>
    /// <param name="gradient">[length].</param>
    public void StepRow(int row, ParameterSegment segment, ReadOnlySpan<float> gradient)
    {
        if (valuesAt is null)
        {
            valuesAt = TensorMemory.Start(Values);
            meanAt = TensorMemory.Start(Mean);
            squareAt = TensorMemory.Start(Square);
            stride = Values.stride(0);
        }

        var (firstCorrection, secondCorrection) = Adam.Corrections(steps, secondDecay);
        var start = (row * stride) + segment.Start;
        Adam.Step(
            Part(valuesAt),
            gradient,
            Part(meanAt),
            Part(squareAt),
            (float)(Rates[row] / firstCorrection),
            secondCorrection,
            secondDecay);

        Span<float> Part(float* all) => new(all + start, (int)segment.Length);
    }

    /// <summary>One step of all rows by torch's operations, as other devices need them.</summary>
    /// <param name="gradients">Where they belong, and the gradients, [K, length].</param>
    /// <param name="isLearned">Whether a row learns a segment, by row and place in the list; others stay as they are.</param>
    public void Step(IReadOnlyList<(ParameterSegment Segment, Tensor Gradient)> gradients, Func<int, int, bool> isLearned)
    {
        using var scope = NewDisposeScope();
        Next();
        var (firstCorrection, secondCorrection) = Adam.Corrections(steps, secondDecay);
        for (var part = 0; part < gradients.Count; part++)
        {
            var (segment, gradient) = gradients[part];
            var rates = tensor(Rates.Select((rate, row) => isLearned(row, part) ? (float)(rate / firstCorrection) : 0).ToArray(), [Rates.Count, 1], device: gradient.device);
            Adam.Step(segment.Of(Values), gradient, segment.Of(Mean), segment.Of(Square), rates, secondCorrection, secondDecay);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        valuesAt = null;
        meanAt = null;
        squareAt = null;
        Mean.Dispose();
        Square.Dispose();
    }
}
