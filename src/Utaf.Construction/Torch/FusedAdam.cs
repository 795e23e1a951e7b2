using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>Adam for a network's parameters: <see cref="Adam"/> tensor by tensor.</summary>
internal sealed class FusedAdam : IDisposable
{
    private readonly IReadOnlyList<Tensor> parameters;
    private readonly Tensor[] means;
    private readonly Tensor[] squares;
    private readonly float secondDecay;
    private readonly float firstDecay;
    private int steps;

    /// <param name="parameters">Changed in place. Float32 that lies by rows, or with channels last, takes one pass; others torch's operations.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="secondDecay">β₂.</param>
    /// <param name="firstDecay">β₁.</param>
    public FusedAdam(IReadOnlyList<Tensor> parameters, double rate, double secondDecay = 0.999, double firstDecay = 0.9)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        this.parameters = parameters;
        this.secondDecay = (float)secondDecay;
        this.firstDecay = (float)firstDecay;
        Rate = rate;
        means = [.. parameters.Select(parameter => zeros_like(InOrder(parameter)).DetachFromDisposeScope())];
        squares = [.. means.Select(mean => zeros_like(mean).DetachFromDisposeScope())];
    }

    private FusedAdam(IReadOnlyList<Tensor> parameters, FusedAdam other, Func<Tensor, Tensor> moved)
    {
        (this.parameters, secondDecay, firstDecay, steps, Rate) = (parameters, other.secondDecay, other.firstDecay, other.steps, other.Rate);
        means = [.. other.means.Select(moved)];
        squares = [.. other.squares.Select(moved)];
    }

    /// <summary>The learning rate.</summary>
    public double Rate { get; set; }

    /// <summary>Adam for some of the rows of contiguous parameters, which now lie elsewhere, with what was learned of them.</summary>
    /// <param name="parameters">Their numbers, [n, …].</param>
    /// <param name="rows">Which rows, [n].</param>
    public FusedAdam Some(IReadOnlyList<Tensor> parameters, Tensor rows) =>
        new(parameters, this, moment => moment.index_select(0, rows).DetachFromDisposeScope());

    /// <summary>One step down the parameters' own gradients, which are then forgotten.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        Step([.. parameters.Select(parameter => parameter.grad)]);
        foreach (var parameter in parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>One step down gradients.</summary>
    /// <param name="gradients">Of the parameters, in their order; null for one that has none and stays as it is.</param>
    public void Step(IReadOnlyList<Tensor?> gradients)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        steps++;
        var (first, second) = Adam.Corrections(steps, secondDecay, firstDecay);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (gradients[i] is not { } gradient)
            {
                continue;
            }

            var (values, slopes) = (InOrder(parameters[i]), InOrder(parameters[i], gradient));
            if (values.is_contiguous() && values.device_type == DeviceType.CPU && values.dtype == ScalarType.Float32)
            {
                Adam.Step(TensorMemory.Numbers(values), TensorMemory.Numbers(slopes.contiguous()), TensorMemory.Numbers(means[i]), TensorMemory.Numbers(squares[i]), (float)(Rate / first), second, secondDecay, firstDecay);
            }
            else
            {
                Adam.Step(values, slopes, means[i], squares[i], full([1L], (float)(Rate / first), values.dtype, values.device), second, secondDecay, firstDecay);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in means.Concat(squares))
        {
            moment.Dispose();
        }
    }

    /// <summary>A parameter's numbers, or others of its shape, in the order in which it lies in memory: channels may come last.</summary>
    private static Tensor InOrder(Tensor parameter, Tensor? numbers = null)
    {
        var values = (numbers ?? parameter).detach();
        return !parameter.is_contiguous() && parameter.dim() == 4 && parameter.detach().permute(0, 2, 3, 1).is_contiguous()
            ? values.permute(0, 2, 3, 1)
            : values;
    }
}
