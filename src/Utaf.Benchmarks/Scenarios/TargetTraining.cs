using System.Security.Cryptography;
using System.Text;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>Trains a target of the zoo, as its owner would, or reads the one that an earlier run trained.</summary>
internal static class TargetTraining
{
    /// <summary>The target of a scenario.</summary>
    /// <param name="architecture">Of the zoo.</param>
    /// <param name="task">What it is trained to do.</param>
    /// <param name="data">Made with the shapes alone, before there is a target.</param>
    /// <param name="signature">Shapes per example.</param>
    /// <param name="form">What its outputs are.</param>
    /// <param name="settings">How long.</param>
    /// <param name="seed">Its random numbers.</param>
    /// <param name="work">Where trained targets are kept.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="trained">False: the weights stay as they were drawn.</param>
    public static TargetModel Make(
        Architecture architecture, LearningTask task, EnsembleData data, ModelSignature signature, OutputForm form, TrainingSettings settings, ulong seed, string work, Device device, bool trained)
    {
        using var stand = StandIn(signature, form);
        using var workshop = new Workshop(stand, task, data, device);
        var context = workshop.Architectures;
        var file = FileOf(work, $"{architecture.Id} {task.Name} {settings} {seed} {data.Owner.Sha256()}");
        using var network = !trained ? Fresh() : File.Exists(file) ? Read(file) : Trained();
        return TargetModel.FromNetwork(network, Fresh, signature);

        Network Fresh() => architecture.Build(context, new SeededRandom(seed, "shapes"));

        Network Read(string path)
        {
            var kept = Fresh();
            kept.Import(Safetensors.Read(File.ReadAllBytes(path)).Tensors);
            return kept;
        }

        Network Trained()
        {
            var random = new SeededRandom(seed, "target");
            var member = new MemberContext("target", workshop, () => throw new InvalidOperationException("A target starts from nothing."), random, CancellationToken.None);
            var made = new IndependentTraining(architecture, DataSource.Owner, settings, 0).Build(member).To(CPU);
            AtomicFile.Write(file, Safetensors.Write(new SafetensorsFile(new Dictionary<string, string>(), made.Export())));
            return made;
        }
    }

    /// <summary>Has the target's shapes and nothing else: networks of the zoo are made for a target, the first one included.</summary>
    public static TargetModel StandIn(ModelSignature signature, OutputForm form)
    {
        using var network = Build();
        return TargetModel.FromNetwork(network, Build, signature);

        Network Build() => new(
            new TargetArchitecture(),
            nn.Sequential(("flatten", nn.Flatten()), ("last", nn.Linear(signature.InputSize, signature.OutputWidth))),
            form);
    }

    private static string FileOf(string work, string what) =>
        Path.Combine(work, "targets", $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..16]}.safetensors");
}
