using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The negative of objective (1): a·log p₊(F) + b·mean log p₊(M₊) + c·mean log p₋(M₋), over a + b + c, minimised.
/// </summary>
internal sealed class Objective
{
    private readonly Tensor truth;
    private readonly Tensor weight;

    /// <param name="stolen">For each member whether it is a positive; the target comes first.</param>
    /// <param name="weights">a, b and c.</param>
    /// <param name="device">Where the losses are.</param>
    public Objective(IReadOnlyList<bool> stolen, ObjectiveWeights weights, Device device)
    {
        var sum = weights.Target + weights.Positive + weights.Negative;
        var positives = stolen.Count(positive => positive) - 1;
        var negatives = stolen.Count - 1 - positives;
        var each = stolen.Select((positive, place) => place == 0 ? weights.Target : positive ? weights.Positive / positives : weights.Negative / negatives);
        weight = tensor(each.Select(value => (float)(value / sum)).ToArray(), device: device);
        truth = tensor(stolen.SelectMany(positive => positive ? (float[])[0, 1] : [1, 0]).ToArray(), [stolen.Count, 2], device: device);
        PositivePlaces = tensor(stolen.Select((positive, place) => (positive, place)).Where(member => member.positive).Select(member => (long)member.place).ToArray(), device: device);
    }

    /// <summary>The places of the positives, the target included.</summary>
    public Tensor PositivePlaces { get; }

    /// <summary>The whole objective.</summary>
    /// <param name="logProbabilities">log p₋ and log p₊ of every member, by each committee: [committees, members, 2].</param>
    /// <returns>The mean over committees, a scalar.</returns>
    public Tensor Loss(Tensor logProbabilities)
    {
        using var scope = NewDisposeScope();
        var ofTruth = (logProbabilities * truth).sum(2);
        return (-(ofTruth * weight).sum(1).mean()).MoveToOuterDisposeScope();
    }
}
