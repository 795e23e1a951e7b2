using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The box X that fingerprints stay in, by the reparametrisation of Carlini and Wagner (2017):
/// x = lo + (hi − lo)·(tanh(w) + 1)/2.
/// </summary>
/// <remarks>The paper prints 2·tanh(w) − 1, which leaves [−1, 1]; this is the form that its text describes.</remarks>
public sealed class InputBox : IDisposable
{
    // Beyond this tanh(w) hardly moves any more: inputs on the border still get a gradient.
    private const double Border = 0.9;

    private readonly long[] shape;
    private readonly Tensor low;
    private readonly Tensor high;
    private readonly Tensor half;

    private InputBox(int[] inputShape, float[] low, float[] high, Device device)
    {
        shape = [.. inputShape.Select(size => (long)size)];
        Minimum = low.Min();
        Maximum = high.Max();
        using var scope = NewDisposeScope();
        var lower = tensor(low, [1, .. shape]).to(device);
        var upper = tensor(high, [1, .. shape]).to(device);
        half = ((upper - lower) / 2).MoveToOuterDisposeScope();
        this.low = lower.MoveToOuterDisposeScope();
        this.high = upper.MoveToOuterDisposeScope();
    }

    /// <summary>hi − lo of each number of an input, [1, input…]: what step sizes are fractions of. It belongs to the caller's dispose scope.</summary>
    internal Tensor Span => half * 2;

    /// <summary>The smallest value of any input.</summary>
    public double Minimum { get; }

    /// <summary>The largest value of any input.</summary>
    public double Maximum { get; }

    /// <summary>Where the queries to a model of this task stay.</summary>
    public static InputBox For(Workshop workshop) => workshop.Task.DrawsInputs
        ? Within(workshop.Target.Signature.InputShape, Generation.LatentBound, workshop.Device)
        : Of(workshop.Data.Owner, workshop.Data.ImageShape is not null, workshop.Device);

    /// <summary>Per feature what the owner's data spans; for images the pixel range of the data as a whole.</summary>
    public static InputBox Of(DataTable owner, bool images, Device device)
    {
        var (low, high) = ColumnStatistics.Range(owner.Inputs, images ? 1 : owner.ExampleSize);
        return images
            ? new(owner.InputShape, [.. Enumerable.Repeat(low[0], owner.ExampleSize)], [.. Enumerable.Repeat(high[0], owner.ExampleSize)], device)
            : new(owner.InputShape, low, high, device);
    }

    /// <summary>[−bound, bound] for every number, as for latent vectors.</summary>
    public static InputBox Within(int[] inputShape, float bound, Device device)
    {
        var size = inputShape.Aggregate(1, (product, length) => product * length);
        return new(inputShape, [.. Enumerable.Repeat(-bound, size)], [.. Enumerable.Repeat(bound, size)], device);
    }

    /// <summary>Inputs of free variables.</summary>
    /// <param name="free">w, [N, input…].</param>
    /// <returns>x in the box, [N, input…].</returns>
    public Tensor ToInputs(Tensor free)
    {
        using var scope = NewDisposeScope();
        return Within(free.tanh()).MoveToOuterDisposeScope();
    }

    /// <summary>The same without a graph, and the way back: dx/dw = (hi − lo)/2 · (1 − tanh²(w)). Both belong to the caller's dispose scope.</summary>
    /// <param name="free">w, [N, input…].</param>
    /// <returns>x in the box, and what takes its gradient, [N, input…], to that of w.</returns>
    public (Tensor Inputs, Func<Tensor, Tensor> Gradient) Pass(Tensor free)
    {
        using var noGradient = no_grad();
        var curved = free.tanh();
        return (Within(curved), Gradient);

        Tensor Gradient(Tensor ofInputs)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            return curved.square().neg_().add_(1).mul_(half).mul_(ofInputs).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Free variables of inputs, which are moved off the border a little.</summary>
    public Tensor ToFree(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var unit = where(half.eq(0), zeros_like(inputs), ((inputs - low) / half.clamp(1e-12)) - 1);
        return unit.clamp(-Border, Border).atanh().MoveToOuterDisposeScope();
    }

    /// <summary>The nearest inputs in the box, [N, input…].</summary>
    public Tensor Clip(Tensor inputs) => inputs.clamp(low, high);

    /// <inheritdoc/>
    public void Dispose()
    {
        low.Dispose();
        high.Dispose();
        half.Dispose();
    }

    // hi − lo is rounded, and may by that take the sum a last bit beyond hi.
    private Tensor Within(Tensor curved)
    {
        using var scope = NewDisposeScope();
        return addcmul(low, half, curved + 1, 1).clamp_(low, high).MoveToOuterDisposeScope();
    }
}
