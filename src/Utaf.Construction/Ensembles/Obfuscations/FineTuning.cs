using System.Text.Json.Serialization;
using Utaf.Models;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>Which layers are learned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainedLayers>))]
public enum TrainedLayers
{
    /// <summary>The last one only.</summary>
    Last,

    /// <summary>All of them.</summary>
    All,
}

/// <summary>Goes on training the stolen model on public data: FTLL and FTAL of the paper.</summary>
/// <param name="Layers">The last layer, or all.</param>
/// <param name="Training">The paper trains for 10 epochs.</param>
/// <param name="Repeat">Tells repetitions with other random numbers apart.</param>
public sealed record FineTuning(TrainedLayers Layers, TrainingSettings Training, int Repeat) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"{(Layers == TrainedLayers.Last ? "ftll" : "ftal")}-{Training.Epochs}-{Repeat}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "fine-tuning";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData(Layers == TrainedLayers.Last ? "last layer" : "all layers", Training);

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        var last = Models.Layers.Last(stolen, context.Workshop.Target.Signature.OutputWidth);
        return context.OnPublicData(stolen, Layers == TrainedLayers.Last ? last : stolen.Parameters, Training);
    }
}
