using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>A network from scratch with the data's scale built in: body((x − mean) / deviation) · deviation + mean.</summary>
internal sealed class ScaledModule : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> body;
    private readonly long[] viewShape;
    private readonly Tensor input_mean;
    private readonly Tensor input_deviation;
    private readonly Tensor output_mean;
    private readonly Tensor output_deviation;

    /// <param name="body">Takes [N, <paramref name="viewShape"/>], returns [N, out].</param>
    /// <param name="viewShape">The shape per example that the body wants; the data may come flattened.</param>
    /// <param name="scaling">The data's scale.</param>
    public ScaledModule(nn.Module<Tensor, Tensor> body, int[] viewShape, Scaling scaling)
        : base(nameof(ScaledModule))
    {
        this.body = body;
        this.viewShape = [-1, .. viewShape.Select(size => (long)size)];
        input_mean = tensor(scaling.InputMean);
        input_deviation = tensor(scaling.InputDeviation);
        output_mean = tensor(scaling.OutputMean);
        output_deviation = tensor(scaling.OutputDeviation);
        RegisterComponents();
    }

    /// <summary>What the scale is built around.</summary>
    public nn.Module<Tensor, Tensor> Body => body;

    /// <summary>The shape of a batch that the body wants.</summary>
    public long[] ViewShape => viewShape;

    /// <summary>[in].</summary>
    public Tensor InputMean => input_mean;

    /// <summary>[in].</summary>
    public Tensor InputDeviation => input_deviation;

    /// <summary>[out].</summary>
    public Tensor OutputMean => output_mean;

    /// <summary>[out].</summary>
    public Tensor OutputDeviation => output_deviation;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var scaled = (input.flatten(1) - input_mean) / input_deviation;
        var outputs = body.forward(scaled.view(viewShape));
        return ((outputs * output_deviation) + output_mean).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
