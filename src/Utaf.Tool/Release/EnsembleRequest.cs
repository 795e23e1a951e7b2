using Utaf.Data;
using Utaf.Ensembles;

namespace Utaf.Tool.Release;

/// <summary>Which ensemble of which model is wanted.</summary>
/// <param name="Model">The target's TorchScript file.</param>
/// <param name="Owner">The owner's data.</param>
/// <param name="Seed">The run's seed.</param>
internal sealed record EnsembleRequest(string Model, string Owner, ulong Seed)
{
    /// <summary>Data of a similar domain; null: the owner's is halved.</summary>
    public string? Public { get; init; }

    /// <summary>Data of other domains.</summary>
    public IReadOnlyList<string> Irrelevant { get; init; } = [];

    /// <summary>What the target was trained to do.</summary>
    public string Task { get; init; } = "classification";

    /// <summary>How the owner's and the public data are read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>The owner's labels, where they are in a file of their own.</summary>
    public string? LabelFile { get; init; }

    /// <summary>The shape of one example, where it is not the data's; of a latent vector, where it is not found.</summary>
    public int[]? InputShape { get; init; }

    /// <summary>[C, H, W] where flat inputs, or generated samples, are images.</summary>
    public int[]? ImageShape { get; init; }

    /// <summary>The last layer, where it is not found.</summary>
    public string? LastLayer { get; init; }

    /// <summary>A generator's discriminator; null: one is trained.</summary>
    public string? Discriminator { get; init; }

    /// <summary>How many members there are.</summary>
    public string Profile { get; init; } = "standard";

    /// <summary>Architectures, epochs and listed negatives.</summary>
    public EnsembleOptions Ensemble { get; init; } = EnsembleOptions.Default;

    /// <summary>Where ensembles are kept, each in a folder that its plan names.</summary>
    public string EnsembleRoot { get; init; } = ".utaf/ensembles";

    /// <summary>Whether honest members are shared with the ensembles of other versions below the root.</summary>
    public bool Pool { get; init; } = true;

    /// <summary>The address at which machines share the members; null: nowhere.</summary>
    public string? Members { get; init; }

    /// <summary>The ensemble's own folder, where it was chosen.</summary>
    public string? Folder { get; init; }
}
