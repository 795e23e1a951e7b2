using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>One of the paper's scenarios: its data, its target, and the ensemble around it.</summary>
internal abstract class Scenario
{
    /// <summary>The command's and the run's name.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the help.</summary>
    public abstract string Description { get; }

    /// <summary>The files that are read from the data folder, in this order, and what each is.</summary>
    public abstract IReadOnlyList<(string File, string What)> Files { get; }

    /// <summary>What was trained to what.</summary>
    public abstract LearningTask Task { get; }

    /// <summary>The data of one seed: the owner's, the public, and what the target is judged by.</summary>
    /// <param name="folder">Holds <see cref="Files"/>.</param>
    /// <param name="size">How large everything is.</param>
    /// <param name="seed">Decides the halves.</param>
    public abstract ScenarioData Read(string folder, ScenarioSize size, ulong seed);

    /// <summary>How large everything is under a profile.</summary>
    public abstract ScenarioSize SizeOf(string profile);

    /// <summary>A fresh network of the target's architecture.</summary>
    public abstract Network BuildTarget(ScenarioSize size, ModelSignature signature);

    /// <summary>Opens the ensemble of one seed, built, half built or empty; the target is trained, or read from where it was kept.</summary>
    /// <param name="size">How large everything is.</param>
    /// <param name="dataFolder">Holds <see cref="Files"/>.</param>
    /// <param name="work">Where targets and ensembles are kept.</param>
    /// <param name="seed">Decides halves, weights and members.</param>
    public OpenedScenario Open(ScenarioSize size, string dataFolder, string work, ulong seed)
    {
        var read = Read(dataFolder, size, seed);
        var signature = read.Signature;
        var target = Target(read, size, signature, seed, Path.Combine(work, $"{Name}-{size.Name}-{seed}.target.safetensors"));
        var data = EnsembleData.Prepare(read.Owner, read.Public, read.Irrelevant, read.ImageShape, Task, signature, seed);
        var plan = EnsemblePlan.Make(target, Task, data, seed, size.Profile, new(size.Architectures, size.Epochs, []));
        var ensemble = new OpenedEnsemble(
            EnsembleFolder.Under(work, plan),
            new Workshop(target, Task, data, CPU),
            new ModelIdentity(Name, $"seed-{seed}", target.ArtifactSha256));
        return new(ensemble, Utility(target, read.Test));
    }

    private TargetModel Target(ScenarioData read, ScenarioSize size, ModelSignature signature, ulong seed, string kept)
    {
        using var network = Build();
        if (File.Exists(kept))
        {
            network.Import(Safetensors.Read(File.ReadAllBytes(kept)).Tensors);
        }
        else
        {
            var random = new SeededRandom(seed, "target");
            Initialisation.ResetAll(network, random);
            using var data = TensorData.From(read.Owner, Task, CPU);
            Trainer.Train(network, new(network.Parameters, data, OwnsData: false, new Supervision(network.Form), new(size.TargetEpochs), [], random), Task, "target", CancellationToken.None);
            AtomicFile.Write(kept, Safetensors.Write(new(new Dictionary<string, string> { ["scenario"] = Name }, network.Export())));
        }

        return TargetModel.FromNetwork(network, Build, signature);

        Network Build() => BuildTarget(size, signature);
    }

    private double Utility(TargetModel target, DataTable test)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var data = TensorData.From(test, Task, CPU);
        return Task.Utility(Evaluation.Outputs(target.Network, data.Inputs), data.Targets, target.Form);
    }
}

/// <summary>The data of one seed.</summary>
/// <param name="Owner">The owner's.</param>
/// <param name="Public">Of the same kind.</param>
/// <param name="Irrelevant">Of other kinds; where there is none, random rules stand in.</param>
/// <param name="Test">What the target is judged by; it has seen none of it.</param>
/// <param name="ImageShape">[C, H, W] of images.</param>
/// <param name="Signature">The target's shapes.</param>
internal sealed record ScenarioData(DataTable Owner, DataTable Public, IReadOnlyList<DataTable> Irrelevant, DataTable Test, int[]? ImageShape, ModelSignature Signature);

/// <summary>How large a scenario is under a profile.</summary>
/// <param name="Name">paper, cpu or smoke.</param>
/// <param name="Profile">The ensemble's: paper is Table A2's 70 + 70.</param>
/// <param name="Architectures">The zoo's names, S, M, L, …; null: those that fit the task.</param>
/// <param name="Epochs">Of members from scratch and students; null: the ensemble profile's own.</param>
/// <param name="TargetEpochs">Of the target.</param>
/// <param name="Target">The target's architecture, where it is one of several.</param>
/// <param name="Side">Images are so many pixels wide and high; 0 where there are none.</param>
/// <param name="Examples">At most so many of the data's examples are taken.</param>
internal sealed record ScenarioSize(string Name, string Profile, string? Architectures, int? Epochs, int TargetEpochs, string? Target = null, int Side = 0, int Examples = int.MaxValue);

/// <summary>A scenario with its ensemble.</summary>
/// <param name="Ensemble">Built, half built or empty.</param>
/// <param name="Utility">How good the target is: accuracy, R², or what the task has.</param>
internal sealed record OpenedScenario(OpenedEnsemble Ensemble, double Utility) : IDisposable
{
    public void Dispose() => Ensemble.Dispose();
}
