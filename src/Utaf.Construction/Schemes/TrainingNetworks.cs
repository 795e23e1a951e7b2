using Utaf.Construction;
using Utaf.Ensembles.Obfuscations;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>Models of the ensemble's training part with gradients to their inputs, loaded when they are first asked for.</summary>
/// <param name="load">Loads the models that were distilled from the target, as positives, and those that are independent of it.</param>
internal sealed class TrainingNetworks(Func<FrozenMembers> load) : IDisposable
{
    private readonly Lazy<FrozenMembers> members = new(load);
    private readonly Dictionary<object, Tensor> made = [];

    /// <summary>No models.</summary>
    public static TrainingNetworks None { get; } = new(() => new([], [], []));

    /// <summary>All of them.</summary>
    public FrozenMembers Members => members.Value;

    /// <summary>The places of those that were distilled from the target.</summary>
    public int[] Surrogates => Members.PlacesOf(stolen: true);

    /// <summary>The places of those that are independent of it.</summary>
    public int[] References => Members.PlacesOf(stolen: false);

    /// <summary>Those of a built ensemble: nothing but its training part, without what only UTAF's has. Most are asked in every step: as many are held as a quarter of the memory takes.</summary>
    public static TrainingNetworks Of(SchemeEnsemble ensemble) => new(() => FrozenMembers.Load(
        [.. ensemble.Split.Training.Where(member => (!member.Stolen || member.Recipe is Distillation) && !ensemble.Folder.Plan.IsForTrainingAlone(member))],
        ensemble.Folder,
        ensemble.Workshop,
        withTarget: false,
        budget: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4));

    /// <summary>What several candidates of a sweep make of the models in the same way, made when the first of them asks.</summary>
    /// <param name="key">All that it depends on.</param>
    /// <param name="make">Makes it.</param>
    /// <returns>Owned by this.</returns>
    public Tensor Once(object key, Func<Tensor> make)
    {
        if (!made.TryGetValue(key, out var tensor))
        {
            made[key] = tensor = make().DetachFromDisposeScope();
        }

        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in made.Values)
        {
            tensor.Dispose();
        }

        if (members.IsValueCreated)
        {
            members.Value.Dispose();
        }
    }
}
