using Utaf.Ensembles.Obfuscations;
using Utaf.Models;

namespace Utaf.Schemes;

/// <summary>Models of the ensemble's training part with gradients to their inputs, loaded when they are first asked for.</summary>
/// <param name="surrogates">Loads the frozen models that were distilled from the target.</param>
/// <param name="references">Loads the frozen models that are independent of it.</param>
public sealed class TrainingNetworks(Func<IReadOnlyList<Network>> surrogates, Func<IReadOnlyList<Network>> references) : IDisposable
{
    private readonly Lazy<IReadOnlyList<Network>> surrogates = new(surrogates);
    private readonly Lazy<IReadOnlyList<Network>> references = new(references);

    /// <summary>No models.</summary>
    public static TrainingNetworks None { get; } = new(() => [], () => []);

    /// <summary>Distilled from the target.</summary>
    public IReadOnlyList<Network> Surrogates => surrogates.Value;

    /// <summary>Independent of the target.</summary>
    public IReadOnlyList<Network> References => references.Value;

    /// <summary>Those of a built ensemble: nothing but its training part.</summary>
    public static TrainingNetworks Of(SchemeEnsemble ensemble) => new(
        () => [.. ensemble.Split.Training.Where(member => member.Stolen && member.Recipe is Distillation).Select(ensemble.Load)],
        () => [.. ensemble.Split.Training.Where(member => !member.Stolen).Select(ensemble.Load)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in new[] { surrogates, references }.Where(lazy => lazy.IsValueCreated).SelectMany(lazy => lazy.Value))
        {
            network.Dispose();
        }
    }
}
