using System.Text.Json.Serialization;
using Utaf.Torch;

namespace Utaf.Models;

/// <summary>The target model's own architecture, whatever it is: the artifact is loaded again and its weights drawn anew.</summary>
public sealed record TargetArchitecture : Architecture
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => "target";

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => true;

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var network = context.Target.Copy();
        Initialisation.ResetAll(network, random);
        return network;
    }
}
