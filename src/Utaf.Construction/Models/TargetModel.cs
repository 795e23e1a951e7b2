using TorchSharp;
using Utaf.Data;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>The owner's model, white box: the start of every positive and the first of the positives itself.</summary>
public sealed class TargetModel : IDisposable
{
    private const int MostMeasured = 1024;

    private readonly Func<Network> copy;
    private readonly Func<string?> architecture;

    private TargetModel(Func<Network> copy, ModelSignature signature, string artifactSha256, string origin, Func<string?> architecture)
    {
        this.copy = copy;
        this.architecture = architecture;
        Network = copy().Freeze();
        Signature = signature;
        ArtifactSha256 = artifactSha256;
        Origin = origin;
        ParameterCount = Network.Parameters.Sum(parameter => parameter.Tensor.numel());
    }

    /// <summary>The model itself: frozen, in eval mode.</summary>
    public Network Network { get; }

    /// <summary>Shapes per example.</summary>
    public ModelSignature Signature { get; }

    /// <summary>What the outputs mean.</summary>
    public OutputForm Form => Network.Form;

    /// <summary>SHA-256 of the released file, hexadecimal.</summary>
    public string ArtifactSha256 { get; }

    /// <summary>
    /// SHA-256 of what is left of the model when its weights are drawn anew: versions that differ in their weights alone share it.
    /// Null where it cannot be told.
    /// </summary>
    public string? ArchitectureSha256() => architecture();

    /// <summary>The file's path, for messages.</summary>
    public string Origin { get; }

    /// <summary>How many numbers the model learned.</summary>
    public long ParameterCount { get; }

    /// <summary>Opens a TorchScript file as the target.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">What it was trained to do.</param>
    /// <param name="owner">The owner's data, whose inputs the model must take.</param>
    /// <param name="lastLayer">The prefix of the last layer's parameters; null to find it.</param>
    /// <exception cref="UtafException">UTAF11xx: the file is no model that can be fingerprinted; UTAF1403: its outputs are not finite.</exception>
    public static TargetModel Load(string path, LearningTask task, DataTable owner, string? lastLayer = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var file = TorchScriptFile.Open(path);
        using var module = file.Load();
        if (!module.parameters().Any())
        {
            throw Errors.NoParameters(path);
        }

        var inputs = tensor(owner.Subset([.. Enumerable.Range(0, Math.Min(owner.Count, 256))]).Inputs, [Math.Min(owner.Count, 256), .. owner.InputShape.Select(size => (long)size)]);
        var outputs = file.Run(module, inputs).flatten(1);
        if (!outputs.isfinite().all().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("the target on the owner's data", path);
        }

        var form = task.Recognise(outputs);
        var target = new TargetModel(
            () => new Network(new TargetArchitecture(), file.Load(), form, lastLayer, file.Convolutions),
            new ModelSignature(owner.InputShape, (int)outputs.shape[1]),
            file.Sha256,
            path,
            () =>
            {
                using var released = new Network(new TargetArchitecture(), file.Load(), form, lastLayer, file.Convolutions);
                return file.Sha256Without(Initialisation.Drawn(released));
            });
        _ = Layers.Last(target.Network, target.Signature.OutputWidth, path);
        return target;
    }

    /// <summary>Takes a network that was trained in this process as the target.</summary>
    /// <param name="trained">The trained network; copied.</param>
    /// <param name="build">Makes networks of the same architecture.</param>
    /// <param name="signature">Shapes per example.</param>
    public static TargetModel FromNetwork(Network trained, Func<Network> build, ModelSignature signature)
    {
        var weights = trained.Export();
        return new(Copy, signature, trained.WeightsSha256(), trained.Architecture.Id, () => null);

        Network Copy()
        {
            var network = build();
            network.Import(weights);
            return network;
        }
    }

    /// <summary>Mean and deviation of its outputs on the first 1024 of the owner's examples, each [out].</summary>
    internal (float[] Mean, float[] Deviation) OutputStatistics(DataTable owner)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var some = owner.Subset([.. Enumerable.Range(0, Math.Min(owner.Count, MostMeasured))]);
        var device = Network.Parameters[0].Tensor.device;
        var outputs = Network.Forward(tensor(some.Inputs, Signature.BatchShape(some.Count)).to(device)).flatten(1);
        return ColumnStatistics.Of([.. outputs.to_type(ScalarType.Float32).cpu().contiguous().data<float>()], Signature.OutputWidth);
    }

    /// <summary>A trainable copy, in eval mode on the CPU.</summary>
    public Network Copy() => copy();

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
