using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The negative of objective (1): a·log p₊(F) + b·mean log p₊(M₊) + c·mean log p₋(M₋), over a + b + c, minimised.
/// </summary>
internal sealed class Objective
{
    private readonly Tensor truth;
    private readonly Tensor weight;

    /// <param name="members">The target, then the training members.</param>
    /// <param name="weights">a, b and c.</param>
    /// <param name="device">Where the losses are.</param>
    public Objective(FrozenMembers members, ObjectiveWeights weights, Device device)
    {
        var sum = weights.Target + weights.Positive + weights.Negative;
        var positives = members.Stolen.Count(stolen => stolen) - 1;
        var negatives = members.Count - 1 - positives;
        Positive = Learning.Labels(members, device);
        truth = Positive.to_type(ScalarType.Int64).unsqueeze(1);
        weight = tensor(
            members.Stolen.Select((stolen, place) => (float)((place == 0 ? weights.Target : stolen ? weights.Positive / positives : weights.Negative / negatives) / sum)).ToArray(),
            device: device);
    }

    /// <summary>1 for positives, 0 for negatives, [members].</summary>
    public Tensor Positive { get; }

    /// <summary>The whole objective.</summary>
    /// <param name="logProbabilities">log p₋ and log p₊ of every member, [members, 2].</param>
    public Tensor Loss(Tensor logProbabilities) => -(logProbabilities.gather(1, truth).squeeze(1) * weight).sum();

    /// <summary>The part of some members.</summary>
    /// <param name="logProbabilities">[K, 2].</param>
    /// <param name="places">Their places, [K].</param>
    public Tensor Loss(Tensor logProbabilities, IReadOnlyList<int> places)
    {
        var index = tensor(places.Select(place => (long)place).ToArray(), device: weight.device);
        return -(logProbabilities.gather(1, truth.index_select(0, index)).squeeze(1) * weight.index_select(0, index)).sum();
    }
}
