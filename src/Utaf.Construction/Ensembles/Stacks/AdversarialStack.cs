using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>GANs: each generator learns with a discriminator of its own, as <see cref="AdversarialTraining"/> trains one.</summary>
internal sealed class AdversarialStack : GeneratorStack
{
    private readonly NetworkStack judges;
    private readonly long[][] orders;
    private readonly DataPool samples;

    /// <param name="members">Of one key.</param>
    public AdversarialStack(IReadOnlyList<GeneratorMember> members)
        : this(members, new([.. members.Select(member => member.Network)], members[0].Key.LearningRate, AdversarialTraining.FirstDecay), Judges(members), [.. members.Select(_ => Array.Empty<long>())])
    {
    }

    private AdversarialStack(IReadOnlyList<GeneratorMember> members, NetworkStack generators, NetworkStack judges, long[][] orders)
        : base(members, generators) =>
        (this.judges, this.orders, samples) = (judges, orders, new(members.Select(member => member.Training.Data.Targets), table => table.flatten(1)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        judges.Dispose();
        samples.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor Step(int step)
    {
        var (real, counts) = Real(step);

        // Where a batch is not full, what fills it up counts nothing.
        var weights = tensor(counts.SelectMany(count => Enumerable.Range(0, Batch).Select(i => i < count ? 1f / count : 0)).ToArray(), [Members.Count, Batch], device: Device);
        var made = Make(Latents(counts));
        var judged = Mean(nn.functional.softplus(-LogOdds(real))) + Mean(nn.functional.softplus(LogOdds(made.detach())));
        judged.sum().backward();
        judges.Step();
        var fooled = Mean(nn.functional.softplus(-LogOdds(made)));
        fooled.sum().backward();
        Generators.Step();
        judges.Forget();
        return (judged + fooled).detach();

        Tensor LogOdds(Tensor samples) => judges.Forward(samples).squeeze(2);

        Tensor Mean(Tensor losses) => (losses * weights).sum(1);
    }

    /// <inheritdoc/>
    protected override GeneratorStack Some(IReadOnlyList<GeneratorMember> members, NetworkStack generators, Tensor rows) =>
        new AdversarialStack(members, generators, judges.Some(rows), [.. rows.cpu().data<long>().Select(row => orders[row])]);

    /// <summary>Each member's next real samples, [K, B, out], and how many they are.</summary>
    private (Tensor Samples, int[] Counts) Real(int step)
    {
        var counts = new int[Members.Count];
        var rows = new long[Members.Count * Batch];
        for (var k = 0; k < Members.Count; k++)
        {
            var (member, data) = (Members[k], Members[k].Training.Data);
            var start = step % member.StepsPerEpoch * Batch;
            if (start == 0)
            {
                orders[k] = member.Training.Random.Permutation(data.Count);
            }

            counts[k] = Math.Min(Batch, data.Count - start);
            var first = samples.StartOf(data.Targets);
            for (var i = 0; i < Batch; i++)
            {
                rows[(k * Batch) + i] = first + orders[k][start + (i < counts[k] ? i : 0)];
            }
        }

        return (samples.All.index_select(0, tensor(rows, device: Device)).view(Members.Count, Batch, -1), counts);
    }

    private static NetworkStack Judges(IReadOnlyList<GeneratorMember> members)
    {
        var judges = new List<Discriminator>();
        try
        {
            foreach (var member in members)
            {
                // The number that Trainer gives to torch's own generator.
                _ = member.Training.Random.NextUInt64();
                judges.Add(((Adversary)member.Training.Lesson).Start(member.Network, member.Training.Random));
            }

            return new([.. judges.Select(judge => judge.Network)], members[0].Key.LearningRate, AdversarialTraining.FirstDecay);
        }
        finally
        {
            judges.ForEach(judge => judge.Dispose());
        }
    }
}
