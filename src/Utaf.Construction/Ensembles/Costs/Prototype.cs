using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Costs;

/// <summary>One member of a kind, prepared as <see cref="EnsembleBuilder"/> prepares it, to be timed; its weights are of no use.</summary>
internal sealed class Prototype : IDisposable
{
    private const double Cheap = 0.3;

    private readonly string memberId;

    private Prototype(string memberId, Network network, MemberTraining? training, Perceptron? perceptron) =>
        (this.memberId, Network, Training, Perceptron) = (memberId, network, training, perceptron);

    /// <summary>The member's network.</summary>
    public Network Network { get; }

    /// <summary>What the network's tensors take.</summary>
    public long Bytes => Network.Parameters.Concat(Network.Buffers).Sum(named => named.Tensor.numel() * named.Tensor.ElementSize);

    /// <summary>What it would learn; null: nothing.</summary>
    public MemberTraining? Training { get; }

    /// <summary>What it is if it is trained in a stack; null otherwise.</summary>
    public Perceptron? Perceptron { get; }

    /// <summary>How long it takes to prepare a member.</summary>
    public double PrepareSeconds { get; private set; }

    /// <summary>Prepares a member; a cheap one twice, for the first time is mostly .NET's compiler.</summary>
    public static Prototype Of(Member member, EnsemblePlan plan, Workshop sample, CancellationToken cancellationToken)
    {
        var clock = new WorkClock(sample.Device);
        var prototype = Prepare(member, plan, sample, cancellationToken);
        if (clock.Seconds() < Cheap)
        {
            prototype.Dispose();
            clock = new(sample.Device);
            prototype = Prepare(member, plan, sample, cancellationToken);
        }

        prototype.PrepareSeconds = clock.Seconds();
        return prototype;
    }

    /// <summary>Times a training step, of a member that is trained alone.</summary>
    public Measured Step(LearningTask task, TimeSpan time, CancellationToken cancellationToken, int atOnce = 1)
    {
        return Measured.Of((examples, repeats) => Train(task, examples, repeats, cancellationToken), Batch, time, Training!.Data.Inputs.device, atOnce);
    }

    /// <summary>Times one step with all examples, whatever it takes: the second, for torch looks anew at another size.</summary>
    public double FullStepSeconds(LearningTask task, CancellationToken cancellationToken)
    {
        Train(task, Batch, 1, cancellationToken);
        var clock = new WorkClock(Training!.Data.Inputs.device);
        Train(task, Batch, 1, cancellationToken);
        return clock.Seconds();
    }

    /// <summary>Times a network's outputs on some public examples.</summary>
    public static Measured Outputs(Network network, Workshop sample, int examples, TimeSpan time)
    {
        using var scope = NewDisposeScope();
        var inputs = sample.Public.Inputs.index_select(0, arange(examples, device: sample.Device).remainder(sample.Public.Count));
        return Measured.Of(Run, examples, time, sample.Device);

        void Run(int some, int repeats)
        {
            for (var i = 0; i < repeats; i++)
            {
                using var outputs = Evaluation.Outputs(network, inputs.narrow(0, 0, some));
            }
        }
    }

    /// <summary>Times what saving costs besides the disk.</summary>
    public double SaveSeconds()
    {
        var clock = new WorkClock(CPU);
        var metadata = new Dictionary<string, string> { ["weights"] = Network.WeightsSha256() };
        _ = Safetensors.Write(new SafetensorsFile(metadata, Network.Export()));
        return clock.Seconds();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Training?.Dispose();
        Network.Dispose();
    }

    private int Batch => Math.Min(Training!.Settings.BatchSize, Training.Data.Count);

    private void Train(LearningTask task, int examples, int repeats, CancellationToken cancellationToken)
    {
        using var data = new TensorData(Training!.Data.Inputs.narrow(0, 0, examples), Training.Data.Targets.narrow(0, 0, examples));
        var settings = Training.Settings with { BatchSize = examples, Epochs = repeats };
        Trainer.Train(Network, Training with { Data = data, Settings = settings }, task, memberId, cancellationToken);
    }

    private static Prototype Prepare(Member member, EnsemblePlan plan, Workshop sample, CancellationToken cancellationToken)
    {
        var draft = member.Recipe.Prepare(new(member.Id, sample, Parent, new SeededRandom(plan.Seed, member.Id), cancellationToken));
        var network = draft.Network.To(sample.Device);
        var perceptron = draft.Training is not { Lesson.CanBeStacked: true } ? null : Perceptron.TryRead(network, sample.Probe, inTraining: true);
        return new(member.Id, network, draft.Training, perceptron);

        // A chain's parent is not built yet: another of its shape costs as much.
        Network Parent() => member.Parent is { } parent
            ? plan.ArchitectureOf(plan.Members.First(other => other.Id == parent)).Build(sample.Architectures, new SeededRandom(plan.Seed, parent)).To(sample.Device)
            : sample.Target.Copy().To(sample.Device);
    }
}
