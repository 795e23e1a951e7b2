using TorchSharp;
using Utaf.Data;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>Everything that the members of one ensemble share while they are built: target, task, and data on the device.</summary>
public sealed class Workshop : IDisposable
{
    /// <summary>How many of the owner's inputs networks are tried on.</summary>
    internal const int ProbeSize = 16;

    private const int TriedSamples = 256;

    // In deviations of the inputs.
    private const double StolenNoise = 0.3;

    private readonly Dictionary<string, Tensor> teacherOutputs = [];
    private readonly Lock teaching = new();
    private Discriminator? discriminator;

    /// <summary>Puts the data on the device.</summary>
    public Workshop(TargetModel target, LearningTask task, EnsembleData data, Device device)
    {
        Target = target;
        Task = task;
        Data = data;
        Device = device;
        target.Network.To(device);
        Architectures = ContextOf(target, task, data);
        Owner = TensorData.From(data.Owner, task, device);
        Public = TensorData.From(data.Public, task, device);
        Probe = Owner.Inputs.narrow(0, 0, Math.Min(ProbeSize, Owner.Count)).DetachFromDisposeScope();
    }

    /// <summary>The owner's model.</summary>
    public TargetModel Target { get; }

    /// <summary>What it was trained to do.</summary>
    public LearningTask Task { get; }

    /// <summary>The tables.</summary>
    public EnsembleData Data { get; }

    /// <summary>Where members are trained.</summary>
    public Device Device { get; }

    /// <summary>How architectures are made for this task.</summary>
    public ArchitectureContext Architectures { get; }

    /// <summary>The owner's data.</summary>
    public TensorData Owner { get; }

    /// <summary>What a thief, or an honest competitor, has.</summary>
    public TensorData Public { get; }

    /// <summary>How architectures are made for this target and its data.</summary>
    public static ArchitectureContext ContextOf(TargetModel target, LearningTask task, EnsembleData data)
    {
        var (inputMean, inputDeviation) = ColumnStatistics.Of(data.Owner.Inputs, data.Owner.ExampleSize);
        if (data.ImageShape is [var channels, _, _])
        {
            // Pixels of one channel share their scale: a dark corner is not to be blown up to unit variance.
            (inputMean, inputDeviation) = PerChannel(data.Owner.Inputs, channels, data.Owner.ExampleSize / channels);
        }
        else if (task.DrawsInputs)
        {
            // Known, and the same for every table.
            (inputMean, inputDeviation) = (new float[inputMean.Length], [.. Enumerable.Repeat(1f, inputMean.Length)]);
        }
        else
        {
            KeepFlags(data.Owner, inputMean, inputDeviation);
        }

        var (outputMean, outputDeviation) = task.OutputScale(data.Owner, target);
        return new(target, data.ImageShape, new(inputMean, inputDeviation, outputMean, outputDeviation)) { Generates = task.DrawsInputs, SampleShape = data.SampleShape };
    }

    /// <summary>A few of the owner's inputs, to try networks on, [n, input…].</summary>
    public Tensor Probe { get; }

    /// <summary>
    /// What an honest member learns by: the task's loss, a fresh discriminator, or a head for its features, which learns classes
    /// where the data has labels and without them to make inputs from noisy ones.
    /// </summary>
    public Lesson HonestLesson(Network network, TensorData data) => Task switch
    {
        { DrawsInputs: true } => new Adversary((generator, random) => FreshDiscriminator(generator, random), IsFresh: true),
        { LearnsFeatures: true } when data.Targets.numel() > 0 => new FeatureLearning((learning, shown, random) => new ClassHead(learning, shown.Inputs, Classes(shown), random)),
        { LearnsFeatures: true } => new FeatureLearning((learning, shown, random) => new DenoisingHead(learning, shown.Inputs, Architectures.Scaling, random)),
        { LearnsPairs: true } => new PairSupervision(network.Form),
        _ => new Supervision(network.Form),
    };

    /// <summary>
    /// What a thief trains a stolen model on: public data; where outputs are features, noisy public inputs with the target's
    /// features of the clean ones, for on the clean ones a copy of the target has nothing to learn.
    /// </summary>
    /// <param name="random">Draws the noise.</param>
    /// <param name="owned">Whether the data is the member's own, to be disposed with its training.</param>
    public TensorData StolenData(SeededRandom random, out bool owned)
    {
        owned = Task.LearnsFeatures;
        if (!owned)
        {
            return Public;
        }

        using var scope = NewDisposeScope();
        var features = TeacherOutputs(Target.ArtifactSha256, Target.Network);
        var deviation = tensor(Architectures.Scaling.InputDeviation, device: Device).view(Target.Signature.BatchShape(1));
        var noisy = Public.Inputs + (random.Normal(Public.Inputs.shape, StolenNoise).to(Device) * deviation);
        return new(noisy.DetachFromDisposeScope(), features.clone().DetachFromDisposeScope());
    }

    private static int Classes(TensorData data)
    {
        using var scope = NewDisposeScope();
        return (int)data.Targets.max().ToInt64() + 1;
    }

    /// <summary>What a thief's training of a stolen model goes by: the task's loss, or the target's discriminator.</summary>
    public Lesson StolenLesson(Network network) => Task switch
    {
        { DrawsInputs: true } => new Adversary((_, _) => TargetDiscriminator()),
        { LearnsPairs: true } => new PairSupervision(network.Form),
        _ => new Supervision(network.Form),
    };

    /// <summary>
    /// A copy of the target's discriminator. Where the owner gave none, one is trained first against the frozen target on
    /// public data, which is what a thief of the generator alone would do; its random numbers are the target's own, so that
    /// every process trains the same.
    /// </summary>
    /// <exception cref="UtafException">UTAF1110: the given one does not fit.</exception>
    internal Discriminator TargetDiscriminator()
    {
        // Costs are measured with several members in training at once.
        lock (teaching)
        {
            return Copied();
        }
    }

    private Discriminator Copied()
    {
        if (Data.Discriminator is { } file)
        {
            using var scope = NewDisposeScope();
            var samples = Owner.Targets.narrow(0, 0, Math.Min(Owner.Count, TriedSamples)).cpu();
            var given = Discriminator.Open(file, samples, Data.SampleShape);
            given.Network.To(Device);
            return given;
        }

        discriminator ??= Taught();
        var copy = FreshDiscriminator(Target.Network, new(0, "copy"));
        copy.Network.CopyFrom(discriminator.Network);
        return copy;
    }

    private Discriminator Taught()
    {
        const int steps = 300;
        var random = new SeededRandom(0, $"discriminator of {Target.ArtifactSha256}");
        var taught = FreshDiscriminator(Target.Network, random);
        var settings = new TrainingSettings(1, LearningRate: Task.LearningRate);
        var perEpoch = TrainingEffort.StepsPerEpoch(Public.Count, settings.BatchSize);
        settings = settings with { Epochs = Math.Max(1, steps / Math.Max(1, perEpoch)) };
        using var training = new MemberTraining([], Public, OwnsData: false, StolenLesson(Target.Network), settings, [], random);
        AdversarialTraining.Train(Target.Network, taught, [], training, "the target's discriminator", CancellationToken.None);
        return taught;
    }

    private Discriminator FreshDiscriminator(Network generator, SeededRandom random)
    {
        var fresh = Discriminator.For(generator, Data.SampleShape, Target.Signature.OutputWidth, random);
        fresh.Network.To(Device);
        return fresh;
    }

    /// <summary>A teacher's outputs on the public data, [n, out], computed once per teacher.</summary>
    public Tensor TeacherOutputs(string key, Network teacher)
    {
        if (!teacherOutputs.TryGetValue(key, out var outputs))
        {
            outputs = Evaluation.Outputs(teacher, Public.Inputs).DetachFromDisposeScope();
            teacherOutputs[key] = outputs;
        }

        return outputs;
    }

    /// <summary>A teacher's outputs on the public data and then its targets, [n, 2·out], joined once per teacher.</summary>
    public Tensor TeacherOutputsAndTargets(string key, Network teacher)
    {
        var joined = $"{key} and targets";
        if (!teacherOutputs.TryGetValue(joined, out var both))
        {
            both = cat([TeacherOutputs(key, teacher), Public.Targets], 1).DetachFromDisposeScope();
            teacherOutputs[joined] = both;
        }

        return both;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Probe.Dispose();
        discriminator?.Dispose();
        Owner.Dispose();
        Public.Dispose();
        foreach (var outputs in teacherOutputs.Values)
        {
            outputs.Dispose();
        }
    }

    /// <summary>Columns of zeros and ones stay as they are: a flag that is rarely set would be blown up to many deviations.</summary>
    private static void KeepFlags(DataTable table, float[] mean, float[] deviation)
    {
        var flag = Enumerable.Repeat(true, table.ExampleSize).ToArray();
        for (var i = 0; i < table.Inputs.Length; i++)
        {
            flag[i % flag.Length] &= table.Inputs[i] is 0 or 1;
        }

        for (var column = 0; column < flag.Length; column++)
        {
            (mean[column], deviation[column]) = flag[column] ? (0, 1) : (mean[column], deviation[column]);
        }
    }

    private static (float[] Mean, float[] Deviation) PerChannel(float[] inputs, int channels, int pixels)
    {
        // [n, C, H·W] read as a table of C columns.
        var byChannel = new float[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var (example, channel, pixel) = (i / (channels * pixels), i / pixels % channels, i % pixels);
            byChannel[((((example * pixels) + pixel) * channels) + channel)] = inputs[i];
        }

        var (mean, deviation) = ColumnStatistics.Of(byChannel, channels);
        return ([.. mean.SelectMany(value => Enumerable.Repeat(value, pixels))], [.. deviation.SelectMany(value => Enumerable.Repeat(value, pixels))]);
    }
}
