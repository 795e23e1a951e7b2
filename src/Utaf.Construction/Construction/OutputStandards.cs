using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What outputs are standardised by before the meta-verifier reads them; stored in the pair.</summary>
/// <param name="Mean">[N·d_out].</param>
/// <param name="Deviation">[N·d_out], above 0.</param>
internal sealed record OutputStandards(Tensor Mean, Tensor Deviation) : IDisposable
{
    // A target that answers everything alike is not to be divided by zero.
    private const double Smallest = 1e-6;

    /// <summary>One mean and deviation over all of the target's answers: per answer, those that hardly differ would be blown up.</summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    public static OutputStandards OfTarget(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var target = answers[0];
        return new(
            target.mean().expand(target.shape).clone().MoveToOuterDisposeScope(),
            target.std().clamp(Smallest).expand(target.shape).clone().MoveToOuterDisposeScope());
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
