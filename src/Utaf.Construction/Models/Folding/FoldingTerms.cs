using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>How a folded network is to compute.</summary>
/// <param name="Type">What convolutions compute with: float32 or bfloat16.</param>
/// <param name="Winograd">Whether <see cref="WinogradConvolution"/> and <see cref="EntryConvolution"/> may stand for convolutions that suit them.</param>
internal sealed record FoldingTerms(ScalarType Type = ScalarType.Float32, bool Winograd = true)
{
    private const double Rounding = 1e-4;

    // bfloat16 has 8 bits of mantissa, and its errors add up over layers.
    private const double CoarseRounding = 0.1;

    /// <summary>The largest difference from the whole network's answers, relative to the largest of these.</summary>
    public double Tolerance { get; init; } = Type == ScalarType.Float32 ? Rounding : CoarseRounding;
}
