using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>Adam (Kingma and Ba 2015) on a batch of inputs: a learning rate of 0.01 moves a number by about a hundredth of its range.</summary>
/// <param name="like">Inputs of the batch's shape, [N, input…].</param>
/// <param name="span">hi − lo of each number, [1, input…].</param>
/// <param name="learningRate">Above 0, a fraction of the span.</param>
internal sealed class InputAdam(Tensor like, Tensor span, double learningRate)
{
    private const double First = 0.9;
    private const double Second = 0.999;
    private const double Smallest = 1e-8;

    private readonly Tensor mean = zeros_like(like);
    private readonly Tensor square = zeros_like(like);
    private int step;

    /// <summary>What is to be taken from the inputs, [N, input…].</summary>
    public Tensor Move(Tensor gradient)
    {
        // Units of the span: without them a number with a wide range would never arrive.
        using var scope = NewDisposeScope();
        var scaled = gradient * span;
        step++;
        mean.mul_(First).add_(scaled, 1 - First);
        square.mul_(Second).addcmul_(scaled, scaled, 1 - Second);
        var ratio = mean / (1 - Math.Pow(First, step)) / ((square / (1 - Math.Pow(Second, step))).sqrt() + Smallest);
        return (ratio * span * learningRate).MoveToOuterDisposeScope();
    }
}
