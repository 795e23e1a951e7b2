using System.Text.Json.Serialization;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>Whose data an independent model learns from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataSource>))]
public enum DataSource
{
    /// <summary>The owner's: the closest that honest models come.</summary>
    Owner,

    /// <summary>A similar domain.</summary>
    Public,

    /// <summary>Another domain, or a random rule.</summary>
    Irrelevant,
}

/// <summary>An honest model: random weights, trained without ever seeing the target.</summary>
/// <param name="Architecture">Any, the target's own included.</param>
/// <param name="Source">Whose data.</param>
/// <param name="Training">How long.</param>
/// <param name="Repeat">Tells repetitions with other random numbers apart.</param>
public sealed record IndependentTraining(Architecture Architecture, DataSource Source, TrainingSettings Training, int Repeat) : Recipe
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"{Source}-{Architecture.Id}-{Repeat}".ToLowerInvariant();

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => $"independent-{Source}".ToLowerInvariant();

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => new("all layers", Training, Source);

    /// <inheritdoc/>
    public override Architecture ArchitectureAfter(Architecture parent) => Architecture;

    /// <summary>Not honest extractors: each has a head of its own.</summary>
    /// <inheritdoc/>
    public override bool LearnsInStacks(LearningTask task) => base.LearnsInStacks(task) && !task.LearnsFeatures;

    /// <inheritdoc/>
    public override MemberDraft Prepare(MemberContext context)
    {
        var workshop = context.Workshop;
        var network = Architecture.Build(workshop.Architectures, context.Random).To(workshop.Device);
        var data = Source switch
        {
            DataSource.Owner => workshop.Owner,
            DataSource.Public => workshop.Public,
            _ => Irrelevant(context),
        };
        var owned = Source == DataSource.Irrelevant;
        return new(network, new(network.Parameters, data, owned, workshop.HonestLesson(network, data), Training, [], context.Random));
    }

    /// <summary>Which of the irrelevant tables is learned from; null where there are none, and a random rule on public data stands in.</summary>
    internal int? IrrelevantTable(EnsembleData data) => data.Irrelevant.Count > 0 ? Repeat % data.Irrelevant.Count : null;

    private TensorData Irrelevant(MemberContext context)
    {
        var workshop = context.Workshop;

        // A random rule gives the public inputs another meaning: the inputs lie on the device once, however many members learn from them.
        return IrrelevantTable(workshop.Data) is { } given
            ? TensorData.From(workshop.Data.Irrelevant[given], workshop.Task, workshop.Device)
            : workshop.Public.WithTargets(workshop.Task.Irrelevant(workshop.Data.Public, workshop.Target.Signature, context.Random), workshop.Task);
    }
}
