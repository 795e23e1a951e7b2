using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Answers on which a meta-verifier makes many steps.</summary>
/// <param name="Source">The members' answers, to make others from.</param>
/// <param name="Standards">What they are standardised by; not its own to dispose.</param>
/// <param name="Standardised">What is read of the members themselves, [members, R]; null where it is another at each step.</param>
/// <param name="Weights">The weights of log p₋ and log p₊ of all rows, [rows, 2]: the members', then those of each kind of unbuilt models.</param>
internal sealed record KnownAnswers(AnswerSource Source, OutputStandards Standards, Tensor? Standardised, Tensor Weights) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        Standardised?.Dispose();
        Source.Dispose();
    }
}
