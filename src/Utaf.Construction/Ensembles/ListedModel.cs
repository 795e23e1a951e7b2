using System.Text.Json.Serialization;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>A model that the user knows to be independent, as a TorchScript file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Sha256">Its digest when the plan was made.</param>
public sealed record ListedModel(string Path, string Sha256) : Recipe
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"listed-{System.IO.Path.GetFileNameWithoutExtension(Path)}-{Sha256[..8]}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "listed";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => null;

    /// <summary>Reads the file's digest.</summary>
    /// <exception cref="UtafException">UTAF11xx: the file is no model that can be read.</exception>
    public static ListedModel From(string path) => new(path, TorchScriptFile.Open(path).Sha256);

    /// <inheritdoc/>
    public override Architecture ArchitectureAfter(Architecture parent) => new ListedArchitecture(Path, Sha256);

    /// <inheritdoc/>
    public override MemberDraft Prepare(MemberContext context) =>
        new(ArchitectureAfter(null!).Build(context.Workshop.Architectures, context.Random), Training: null);
}
