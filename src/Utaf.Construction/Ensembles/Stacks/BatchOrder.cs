using Utaf.Torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>Which examples a member sees in which step: the order that <see cref="Trainer"/> would draw.</summary>
internal sealed class BatchOrder
{
    private readonly SeededRandom random;
    private readonly TensorData data;
    private readonly int size;
    private readonly int stepsPerEpoch;
    private long[] order = [];

    public BatchOrder(StackMember member)
    {
        (random, data, size, stepsPerEpoch) = (member.Training.Random, member.Training.Data, member.Training.Settings.BatchSize, member.StepsPerEpoch);

        // The number that Trainer gives to torch's own generator; perceptrons have no use for it.
        _ = random.NextUInt64();
    }

    /// <summary>The examples of a step; steps are asked for in their order.</summary>
    public ReadOnlySpan<long> Batch(int step)
    {
        var place = step % stepsPerEpoch;
        if (place == 0)
        {
            order = data.Order(random);
        }

        var start = place * size;
        return order.AsSpan(start, Math.Min(size, data.Count - start));
    }
}
