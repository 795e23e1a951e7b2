using static TorchSharp.torch;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>What pruning keeps.</summary>
internal static class PruningMask
{
    /// <summary>
    /// Ones, and zeros at the smallest scores. Of equal scores, as quantised weights have, the first go, so that no more
    /// are removed than was asked for.
    /// </summary>
    /// <param name="scores">Of any shape.</param>
    /// <param name="removed">How many zeros, from 1 to the number of scores.</param>
    public static Tensor Keep(Tensor scores, long removed)
    {
        var flat = scores.flatten();
        var threshold = flat.kthvalue(removed, 0).values;
        var (below, tied) = (flat.lt(threshold), flat.eq(threshold));
        var gone = below.logical_or(tied.logical_and(tied.cumsum(0).le(removed - below.sum())));
        return gone.logical_not().to_type(scores.dtype).view(scores.shape);
    }
}
