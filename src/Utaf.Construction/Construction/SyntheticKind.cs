using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Models that nobody built, of one kind.</summary>
/// <param name="Count">How many are made at each step.</param>
/// <param name="Make">Their answers, [Count, N·d_out].</param>
/// <param name="Stolen">Whether they are copies.</param>
/// <param name="Weight">Of their mean log p₊ where they are copies, or else of their mean log p₋.</param>
internal sealed record SyntheticKind(int Count, Func<AnswerSource, Tensor> Make, bool Stolen, double Weight);
