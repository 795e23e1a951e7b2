using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What outputs are standardised by before the meta-verifier reads them; stored in the pair.</summary>
/// <param name="Mean">[N·d_out].</param>
/// <param name="Deviation">[N·d_out], above 0.</param>
internal sealed record OutputStandards(Tensor Mean, Tensor Deviation) : IDisposable
{
    // Below this a target answers everything alike, and nothing is to be divided by what its answers differ.
    private const double Smallest = 1e-6;

    /// <summary>
    /// One mean and deviation over all of the target's answers: per answer, those that hardly differ would be blown up.
    /// A single number, or a target that answers everything alike, has the size of its answers for a deviation.
    /// </summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    public static OutputStandards OfTarget(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var target = answers[0];
        var mean = target.mean();
        return new(
            mean.expand(target.shape).clone().MoveToOuterDisposeScope(),
            Deviation().expand(target.shape).clone().MoveToOuterDisposeScope());

        Tensor Deviation()
        {
            var deviation = target.numel() > 1 ? target.std() : zeros_like(mean);
            var size = mean.abs();
            return deviation.ToDouble() > Smallest ? deviation : size.ToDouble() > Smallest ? size : ones_like(mean);
        }
    }

    /// <summary>Keeps the tensors beyond every scope.</summary>
    public OutputStandards DetachFromScope() => new(Mean.DetachFromDisposeScope(), Deviation.DetachFromDisposeScope());

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Deviation.Dispose();
    }

    /// <summary>(answers − mean) / deviation.</summary>
    public Tensor Apply(Tensor answers)
    {
        using var scope = NewDisposeScope();
        return ((answers - Mean) / Deviation).MoveToOuterDisposeScope();
    }
}
