namespace Utaf.Benchmarks.Speed;

/// <summary>One line of the result.</summary>
/// <param name="Measurement">The name by which it is chosen: one of <see cref="Measurements"/>.</param>
/// <param name="Work">What was done, for people.</param>
/// <param name="Unit">Of the numbers: <c>s</c>, <c>GB</c>, or nothing for a bare number.</param>
/// <param name="AtMost">What the ratio may be at most; null: told, not judged.</param>
/// <param name="Ours">One number for each repeat.</param>
/// <param name="Reference">The same of plain PyTorch, in pairs with ours; null where there is nothing to compare with.</param>
/// <param name="Absolute">Whether <paramref name="AtMost"/> is of the number itself, since there is nothing to compare with.</param>
/// <param name="Note">What a reader should know of how it was measured.</param>
internal sealed record SpeedRow(
    string Measurement,
    string Work,
    string Unit,
    double? AtMost,
    IReadOnlyList<double> Ours,
    IReadOnlyList<double>? Reference = null,
    string? Note = null,
    bool Absolute = false)
{
    /// <summary>Of the pairwise ratios; null without a reference.</summary>
    public Spread? Ratio => Reference is { Count: > 0 } && Ours.Count > 0 ? Spread.OfRatios(Ours, Reference) : null;

    /// <summary>Whether the median keeps within what was asked; null where nothing was asked or nothing measured.</summary>
    public bool? Met => AtMost is { } limit && (Absolute && Ours.Count > 0 ? Spread.Of(Ours) : Ratio) is { Median: var median } ? median <= limit : null;
}
