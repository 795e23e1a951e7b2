using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>A scenario of one seed before its ensemble is begun: what it will take can be estimated.</summary>
/// <param name="Target">The target.</param>
/// <param name="Task">What it is for.</param>
/// <param name="Data">The data of Stage 1.</param>
/// <param name="Plan">The ensemble.</param>
/// <param name="Unseen">Examples that nobody trains on, for the target's quality.</param>
/// <param name="Measures">Name and value of that quality, from outputs [N, out] and targets.</param>
internal sealed record PreparedScenario(
    TargetModel Target, LearningTask Task, EnsembleData Data, EnsemblePlan Plan, DataTable Unseen, Func<Tensor, Tensor, IReadOnlyDictionary<string, double>> Measures)
{
    /// <summary>Opens or starts the ensemble.</summary>
    /// <param name="name">The model's.</param>
    /// <param name="work">Where ensembles are kept.</param>
    /// <param name="device">Where members are trained.</param>
    public OpenedScenario Open(string name, string work, Device device)
    {
        var ensemble = new OpenedEnsemble(EnsembleFolder.Under(work, Plan), new Workshop(Target, Task, Data, device), new(name, $"seed-{Plan.Seed}", Target.ArtifactSha256));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var unseen = TensorData.From(Unseen, Task, device);
        return new(ensemble, Measures(Evaluation.Outputs(Target.Network, unseen.Inputs), unseen.Targets));
    }
}
