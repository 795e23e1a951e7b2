using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>Steps that hold others side by side.</summary>
internal static class BlockSteps
{
    /// <summary>ReLU of the sum of two branches.</summary>
    /// <param name="body">The one's steps; owned.</param>
    /// <param name="ofBody">Which of the sum's channels it computes, owned; null: all.</param>
    /// <param name="shortcut">The other's; none: the signal itself.</param>
    /// <param name="ofShortcut">As <paramref name="ofBody"/>.</param>
    /// <param name="width">Channels of the sum.</param>
    /// <param name="type">Of the signal.</param>
    public static FoldedStep Sum(IReadOnlyList<FoldedStep> body, Tensor? ofBody, IReadOnlyList<FoldedStep> shortcut, Tensor? ofShortcut, int width, ScalarType type)
    {
        FoldedStep[] all = [.. body, .. shortcut];
        var block = shortcut.Count == 0 && ofBody is null && ofShortcut is null ? WinogradBlock.TryMake(body, width) : null;
        return new(
            block is not null ? block.Run : signal => Sum(Run(body, signal), Run(shortcut, signal)).relu_(),
            [.. all.SelectMany(step => step.Owned), .. new[] { ofBody, ofShortcut }.OfType<Tensor>()])
        {
            // One in its middle.
            Results = 2,
            Operations = block is not null ? [block] : [.. all.SelectMany(step => step.Operations)],
        };

        Tensor Sum(Tensor residual, Tensor carried) => (ofBody, ofShortcut) switch
        {
            (null, null) => residual.add_(carried),
            (_, null) => carried.index_add(1, ofBody, residual, 1),
            (null, _) => residual.index_add(1, ofShortcut, carried, 1),
            _ => zeros([residual.shape[0], width, residual.shape[2], residual.shape[3]], type, residual.device).index_add(1, ofShortcut, carried, 1).index_add(1, ofBody, residual, 1),
        };
    }

    /// <summary>The channels of several branches one after the other.</summary>
    /// <param name="entry">Steps before the branches; owned.</param>
    /// <param name="branches">Each one's steps; owned.</param>
    public static FoldedStep Concatenation(IReadOnlyList<FoldedStep> entry, IReadOnlyList<IReadOnlyList<FoldedStep>> branches)
    {
        FoldedStep[] all = [.. entry, .. branches.SelectMany(branch => branch)];
        return new(
            signal =>
            {
                var entered = Run(entry, signal);
                return cat([.. branches.Select(branch => Run(branch, entered))], 1);
            },
            [.. all.SelectMany(step => step.Owned)])
        {
            Results = Math.Max(1, all.Length),
            Operations = [.. all.SelectMany(step => step.Operations)],
        };
    }

    private static Tensor Run(IReadOnlyList<FoldedStep> steps, Tensor signal) => steps.Aggregate(signal, (part, step) => step.Run(part));
}
