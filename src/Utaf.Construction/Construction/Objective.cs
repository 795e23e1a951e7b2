using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The negative of objective (1): a·log p₊(F) + b·mean log p₊(M₊) + c·mean log p₋(M₋), over a + b + c, minimised.
/// </summary>
internal sealed class Objective
{
    /// <param name="stolen">For each member whether it is a positive; the target comes first.</param>
    /// <param name="weights">a, b and c.</param>
    /// <param name="device">Where the losses are.</param>
    public Objective(IReadOnlyList<bool> stolen, ObjectiveWeights weights, Device device)
    {
        var sum = weights.Target + weights.Positive + weights.Negative;
        var positives = stolen.Count(positive => positive) - 1;
        var negatives = stolen.Count - 1 - positives;
        var each = stolen.Select((positive, place) => place == 0 ? weights.Target : positive ? weights.Positive / positives : weights.Negative / negatives);
        Weights = tensor(each.Zip(stolen).SelectMany(member => (float)(member.First / sum) is var weight && member.Second ? (float[])[0, weight] : [weight, 0]).ToArray(), [stolen.Count, 2], device: device);
        PositivePlaces = Places(positive: true);
        NegativePlaces = Places(positive: false);

        Tensor Places(bool positive) =>
            tensor(stolen.Select((side, place) => (side, place)).Where(member => member.side == positive).Select(member => (long)member.place).ToArray(), device: device);
    }

    /// <summary>The weights of log p₋ and log p₊ of every member, [members, 2]: one of each two is zero.</summary>
    public Tensor Weights { get; }

    /// <summary>The places of the positives, the target included.</summary>
    public Tensor PositivePlaces { get; }

    /// <summary>The places of the negatives, at least one.</summary>
    public Tensor NegativePlaces { get; }

    /// <summary>The whole objective.</summary>
    /// <param name="logProbabilities">log p₋ and log p₊ of every member, by each committee: [committees, members, 2].</param>
    /// <returns>The mean over committees, a scalar.</returns>
    public Tensor Loss(Tensor logProbabilities)
    {
        using var scope = NewDisposeScope();
        return (-(logProbabilities * Weights).sum([1L, 2]).mean()).MoveToOuterDisposeScope();
    }
}
