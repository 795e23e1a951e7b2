using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What outputs are standardised by before the meta-verifier reads them; stored in the pair.</summary>
/// <param name="Mean">[N·d_out].</param>
/// <param name="Deviation">[N·d_out], above 0.</param>
internal sealed record OutputStandards(Tensor Mean, Tensor Deviation) : IDisposable
{
    // Answers that never differ would be blown up to noise.
    private const double Smallest = 1e-6;

    /// <summary>One mean and deviation over all of the target's answers, repeated: how the paper's schedule is read.</summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    public static OutputStandards OfTarget(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var target = answers[0];
        return new(
            target.mean().expand(target.shape).clone().MoveToOuterDisposeScope(),
            target.std().clamp(Smallest).expand(target.shape).clone().MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Each answer by itself, over the training members, both sides counting the same: what the members have in common
    /// vanishes, and how they differ is what the meta-verifier sees.
    /// </summary>
    /// <param name="answers">[members, N·d_out].</param>
    /// <param name="positive">1 for positives, 0 for negatives, [members].</param>
    public static OutputStandards OfMembers(Tensor answers, Tensor positive)
    {
        using var scope = NewDisposeScope();
        var share = positive.unsqueeze(0) / positive.sum();
        var otherShare = (1 - positive).unsqueeze(0) / (1 - positive).sum();
        var mean = share.matmul(answers).add(otherShare.matmul(answers)).div(2).squeeze(0);
        return new(mean.MoveToOuterDisposeScope(), answers.std(0).add(Smallest).MoveToOuterDisposeScope());
    }

    /// <summary>Keeps the tensors beyond the scope they were made in, for the one around it.</summary>
    public OutputStandards MoveToOuterScope() => new(Mean.MoveToOuterDisposeScope(), Deviation.MoveToOuterDisposeScope());

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
