using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What answers of models that nobody built are made from.</summary>
/// <param name="Answers">The members', [members, N·d_out].</param>
/// <param name="Spread">The deviation by which unrelated models' answers are shifted, a scalar.</param>
/// <param name="Mixable">The answers on the scale on which two models' are mixed; null where none are.</param>
/// <param name="NegativePlaces">Where the honest members are: the objective's own.</param>
/// <param name="Positives">The positives' answers; null where none are damaged.</param>
internal sealed record AnswerSource(Tensor Answers, Tensor Spread, Tensor? Mixable, Tensor NegativePlaces, Tensor? Positives) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Answers.Dispose();
        Spread.Dispose();
        Mixable?.Dispose();
        Positives?.Dispose();
    }
}
