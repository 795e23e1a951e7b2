using TorchSharp;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>
/// Trains fully connected generators of one shape together by torch's batched products: each with its own data, order, latent
/// vectors and number of epochs. It learns what it would alone; sums are rounded otherwise, and weights drift apart by that.
/// </summary>
internal abstract class GeneratorStack : IDisposable
{
    // Divergence is looked for now and then: looking waits for the device.
    private const int ChecksEvery = 64;

    private readonly Tensor loss;

    /// <param name="members">Of one key.</param>
    /// <param name="generators">Their networks.</param>
    protected GeneratorStack(IReadOnlyList<GeneratorMember> members, NetworkStack generators)
    {
        (Members, Generators) = (members, generators);
        Device = members[0].Training.Data.Inputs.device;
        Scaled = (ScaledModule)members[0].Network.Module;
        loss = zeros(members.Count, device: Device).DetachFromDisposeScope();
    }

    /// <summary>
    /// Whether stacks are faster than one after the other: on a GPU, which a single one's small products leave idle. On
    /// processors they are not: see docs/speed.md.
    /// </summary>
    /// <param name="device">Where members are trained.</param>
    public static bool Pays(DeviceType device) => device != DeviceType.CPU;

    /// <summary>Those that are still learning.</summary>
    protected IReadOnlyList<GeneratorMember> Members { get; }

    /// <summary>Their networks.</summary>
    protected NetworkStack Generators { get; }

    /// <summary>Where they are trained.</summary>
    protected Device Device { get; }

    /// <summary>The most examples of a batch.</summary>
    protected int Batch => Members[0].Training.Settings.BatchSize;

    private ScaledModule Scaled { get; }

    /// <summary>Trains members of one key.</summary>
    /// <param name="members">At least one.</param>
    /// <param name="finished">Told of each member when its network is trained; in the order in which they finish.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="UtafException">UTAF1403: a member's loss is NaN or infinite.</exception>
    public static void Train(IReadOnlyList<GeneratorMember> members, Action<GeneratorMember> finished, CancellationToken cancellationToken)
    {
        GeneratorStack group = members[0].Key.Adversarial ? new AdversarialStack(members) : new ImitationStack(members);
        try
        {
            for (var step = 0; ; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (group.Members.Any(member => member.Steps <= step))
                {
                    var rest = group.Finish(step, finished);
                    group.Dispose();
                    if (rest is null)
                    {
                        return;
                    }

                    group = rest;
                }

                using var scope = NewDisposeScope();
                group.loss.add_(group.Step(step));
                if ((step + 1) % ChecksEvery == 0)
                {
                    group.RequireFinite(step);
                }
            }
        }
        finally
        {
            group.Dispose();
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Generators.Dispose();
        loss.Dispose();
    }

    /// <summary>Makes one step of each member, and returns their losses, [K], outside the graph.</summary>
    protected abstract Tensor Step(int step);

    /// <summary>Some of the members with what they have learned, as a stack of their own.</summary>
    /// <param name="members">They.</param>
    /// <param name="generators">Their networks.</param>
    /// <param name="rows">Their places in this one, [n].</param>
    protected abstract GeneratorStack Some(IReadOnlyList<GeneratorMember> members, NetworkStack generators, Tensor rows);

    /// <summary>What each generator makes of its own latent vectors.</summary>
    /// <param name="latents">[K, B, latent…].</param>
    /// <returns>[K, B, out], in torch's graph.</returns>
    protected Tensor Make(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var made = Generators.Forward((latents.flatten(2) - Scaled.InputMean) / Scaled.InputDeviation).tanh();
        return ((made * Scaled.OutputDeviation) + Scaled.OutputMean).MoveToOuterDisposeScope();
    }

    /// <summary>Latent vectors of each member's own, drawn as it would draw them alone; zeros fill up what is no whole batch.</summary>
    /// <param name="counts">How many each member draws.</param>
    /// <returns>[K, B, latent…].</returns>
    protected Tensor Latents(IReadOnlyList<int> counts)
    {
        using var scope = NewDisposeScope();
        var shape = Members[0].Training.Data.Inputs.shape[1..];
        return stack(Members.Zip(counts, (member, count) =>
        {
            var drawn = member.Training.Random.Normal([count, .. shape]);
            return count == Batch ? drawn : cat([drawn, zeros([Batch - count, .. shape])], 0);
        })).to(Device).MoveToOuterDisposeScope();
    }

    /// <summary>Hands over the members that have made all their steps, and returns the others; null when there are none.</summary>
    private GeneratorStack? Finish(int step, Action<GeneratorMember> finished)
    {
        RequireFinite(step);
        var rest = new List<long>();
        for (var k = 0; k < Members.Count; k++)
        {
            if (Members[k].Steps <= step)
            {
                Generators.CopyTo(k, Members[k].Network);
                Members[k].Network.EvaluationMode();
                finished(Members[k]);
            }
            else
            {
                rest.Add(k);
            }
        }

        if (rest.Count == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var rows = tensor(rest.ToArray(), device: Device);
        return Some([.. rest.Select(k => Members[(int)k])], Generators.Some(rows), rows);
    }

    private void RequireFinite(int step)
    {
        using var scope = NewDisposeScope();
        var unsound = loss.isfinite().logical_not();
        if (unsound.any().ToBoolean())
        {
            var member = Members[unsound.to_type(ScalarType.Int32).argmax().ToInt32()];
            throw Errors.NonFiniteOutputs($"training, epoch {Math.Min(step / member.StepsPerEpoch, member.Training.Settings.Epochs - 1) + 1}", member.Member.Id);
        }
    }
}
