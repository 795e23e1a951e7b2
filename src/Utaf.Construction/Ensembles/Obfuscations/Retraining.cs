using System.Text.Json.Serialization;
using Utaf.Models;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>Resets the last layer, then trains it alone or with everything else: RTLL and RTAL of the paper.</summary>
/// <param name="Layers">The last layer, or all.</param>
/// <param name="Training">The paper trains for 10 epochs.</param>
/// <param name="Repeat">Tells repetitions with other random numbers apart.</param>
public sealed record Retraining(TrainedLayers Layers, TrainingSettings Training, int Repeat) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"{(Layers == TrainedLayers.Last ? "rtll" : "rtal")}-{Training.Epochs}-{Repeat}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "retraining";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData(Layers == TrainedLayers.Last ? "last layer" : "all layers", Training);

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        var last = Models.Layers.Last(stolen, context.Workshop.Target.Signature.OutputWidth);
        Initialisation.ResetLayer(last, context.Random);
        return context.OnPublicData(stolen, Layers == TrainedLayers.Last ? last : stolen.Parameters, Training);
    }
}
