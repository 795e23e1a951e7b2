using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>
/// A stack's steps on the processor: each perceptron by itself, whose numbers stay in the processor's nearest caches from
/// its products to its optimiser, and which comes out the same bit for bit whichever others are in the stack.
/// </summary>
/// <remarks>
/// Signals lie with the batch along a row, [width, B]: a batch is a multiple of the vectors, as a layer's width need not be.
/// </remarks>
internal sealed unsafe class ProcessorPass : IStackPass
{
    private readonly PerceptronStack stack;
    private readonly IReadOnlyList<StackMember> members;
    private readonly StackedAdam adam;
    private readonly Tensor examples;
    private readonly Tensor outputs;
    private readonly int batch;
    private readonly int[] widths;
    private float* memory;

    // Where parts of the memory start: for each member its inputs by rows and the signals before each layer; then what all share.
    private readonly int[] signals;
    private readonly int perMember;
    private readonly long stride;
    private readonly float* slopes;
    private readonly float* slopesBefore;
    private readonly float* turned;
    private readonly float* gradient;

    /// <param name="stack">The perceptrons; not the pass's to dispose.</param>
    /// <param name="members">Whose they are.</param>
    /// <param name="adam">Their optimiser; not the pass's to dispose.</param>
    /// <param name="examples">The inputs of all members, [examples, in], contiguous float32 in the processor's memory.</param>
    /// <param name="batch">Rows of a batch, a multiple of 16.</param>
    public ProcessorPass(PerceptronStack stack, IReadOnlyList<StackMember> members, StackedAdam adam, Tensor examples, int batch)
    {
        (this.stack, this.members, this.adam, this.examples, this.batch) = (stack, members, adam, examples, batch);
        widths = [.. stack.Widths.Select(width => (int)width)];
        stride = PerceptronStack.Stride(stack.Widths);
        outputs = zeros([members.Count, batch, widths[^1]]).DetachFromDisposeScope();
        signals = new int[widths.Length];
        var end = batch * widths[0];
        for (var layer = 0; layer < widths.Length; layer++)
        {
            signals[layer] = end;
            end += batch * widths[layer];
        }

        perMember = end;
        var (widest, numbers) = (batch * widths.Max(), (int)stride);
        memory = (float*)NativeMemory.AlignedAlloc((nuint)sizeof(float) * (nuint)(((long)perMember * members.Count) + (3L * widest) + numbers), 64);
        slopes = memory + ((long)perMember * members.Count);
        slopesBefore = slopes + widest;
        turned = slopesBefore + widest;
        gradient = turned + widest;
    }

    /// <inheritdoc/>
    public Tensor Outputs(ReadOnlySpan<long> rows)
    {
        var values = TensorMemory.Start(stack.Values);
        var table = TensorMemory.Start(examples);
        var answers = TensorMemory.Start(outputs);
        for (var k = 0; k < members.Count; k++)
        {
            var own = memory + ((long)perMember * k);
            var inputs = new Matrix(own, batch, widths[0]);
            for (var i = 0; i < batch; i++)
            {
                new ReadOnlySpan<float>(table + (rows[(k * batch) + i] * widths[0]), widths[0]).CopyTo(new Span<float>(own + (i * widths[0]), widths[0]));
            }

            Products.Transpose(inputs, Signal(own, 0));
            for (var layer = 0; layer + 1 < widths.Length; layer++)
            {
                var after = Signal(own, layer + 1);
                Products.Multiply(Weight(values, k, layer).AsLeft, Signal(own, layer), after, Bias(values, k, layer));
                if (layer + 2 < widths.Length)
                {
                    Products.Rectify(after);
                }
            }

            Products.Transpose(Signal(own, widths.Length - 1), new(answers + ((long)k * batch * widths[^1]), batch, widths[^1]));
        }

        return outputs.alias();
    }

    /// <inheritdoc/>
    public void Learn(Tensor ofOutputs)
    {
        adam.Next();
        var values = TensorMemory.Start(stack.Values);
        var given = TensorMemory.Start(ofOutputs);
        for (var k = 0; k < members.Count; k++)
        {
            Learn(k, values, new(given + ((long)k * batch * widths[^1]), batch, widths[^1]));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
        outputs.Dispose();
    }

    private void Learn(int k, float* values, Matrix ofOutputs)
    {
        var own = memory + ((long)perMember * k);
        var learned = members[k].Learned;

        // Below the first layer that learns nothing needs a gradient.
        var lowest = Array.IndexOf(learned, true) / 2;
        var here = Slopes(slopes, widths.Length - 1);
        Products.Transpose(ofOutputs, here);
        for (var layer = widths.Length - 2; layer >= lowest; layer--)
        {
            if (learned[2 * layer])
            {
                Products.Multiply(here.AsLeft, SeenBy(own, layer), new(GradientOf(2 * layer), widths[layer + 1], widths[layer]));
            }

            if (learned[(2 * layer) + 1])
            {
                Sums(here, GradientOf((2 * layer) + 1));
            }

            if (layer > lowest)
            {
                var before = Slopes(here.Start == slopes ? slopesBefore : slopes, layer);
                Products.Multiply(Weight(values, k, layer).TransposedAsLeft, here, before);
                Products.PassWhereOpen(before, Signal(own, layer));
                here = before;
            }
        }

        for (var part = 0; part < learned.Length; part++)
        {
            if (learned[part])
            {
                adam.StepRow(k, stack.Segments[part], new(GradientOf(part), (int)stack.Segments[part].Length));
            }
        }
    }

    /// <summary>What a layer was given, by examples, [B, width]: as the first layer's inputs came.</summary>
    private Matrix SeenBy(float* own, int layer)
    {
        if (layer == 0)
        {
            return new(own, batch, widths[0]);
        }

        var seen = new Matrix(turned, batch, widths[layer]);
        Products.Transpose(Signal(own, layer), seen);
        return seen;
    }

    private Matrix Signal(float* own, int layer) => new(own + signals[layer], widths[layer], batch);

    private Matrix Slopes(float* start, int layer) => new(start, widths[layer], batch);

    private Matrix Weight(float* values, int k, int layer) => new(values + (k * stride) + stack.Segments[2 * layer].Start, widths[layer + 1], widths[layer]);

    private float* Bias(float* values, int k, int layer) => values + (k * stride) + stack.Segments[(2 * layer) + 1].Start;

    private float* GradientOf(int part) => gradient + stack.Segments[part].Start;

    private static void Sums(Matrix rows, float* sums)
    {
        for (var row = 0; row < rows.Rows; row++)
        {
            var sum = Vector256<float>.Zero;
            for (var column = 0; column < rows.Columns; column += Vector256<float>.Count)
            {
                sum += Vector256.Load(rows.Start + ((long)row * rows.Columns) + column);
            }

            sums[row] = Vector256.Sum(sum);
        }
    }
}
