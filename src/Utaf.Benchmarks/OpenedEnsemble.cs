using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks;

/// <summary>An ensemble, built or not, and what it is built with.</summary>
/// <param name="Folder">The members.</param>
/// <param name="Workshop">Target, task and data.</param>
/// <param name="Model">Whose pair is to be constructed.</param>
internal sealed record OpenedEnsemble(EnsembleFolder Folder, Workshop Workshop, ModelIdentity Model) : IDisposable
{
    /// <summary>An ensemble of recipes of one's own, where no profile has what is to be timed.</summary>
    /// <param name="root">Holds the ensemble's folder.</param>
    /// <param name="target">Owned by the ensemble from now on.</param>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="seed">The members' random numbers.</param>
    /// <param name="recipes">One for each member: obfuscations make positives.</param>
    /// <param name="name">The model's.</param>
    public static OpenedEnsemble Of(string root, TargetModel target, LearningTask task, EnsembleData data, ulong seed, IReadOnlyList<Recipe> recipes, string name)
    {
        var plan = new EnsemblePlan(
            EnsemblePlan.CurrentFormat,
            $"speed-{recipes.Count}",
            seed,
            task.Name,
            target.ArtifactSha256,
            target.Signature.InputShape,
            target.Signature.OutputWidth,
            [data.Owner.Sha256(), data.Public.Sha256()],
            data.ImageShape,
            LastLayer: null,
            [.. recipes.Select(recipe => new Member(recipe.Id, recipe is Obfuscation, Parent: null, recipe))]);
        return new(EnsembleFolder.Under(root, plan), new Workshop(target, task, data, CPU), new ModelIdentity(name, $"seed-{seed}", target.ArtifactSha256));
    }

    public void Dispose()
    {
        Workshop.Dispose();
        Workshop.Target.Dispose();
    }
}
