using System.Text.Json.Serialization;

namespace Utaf.Ensembles;

/// <summary>One planned model of the ensemble.</summary>
/// <param name="Id">Unique in the plan, fit for a file name; decides the member's random numbers.</param>
/// <param name="Stolen">Positive: derived from the target. Otherwise negative: independent of it.</param>
/// <param name="Parent">The member it is made from, for chains of two; null: the target, or nothing.</param>
/// <param name="Recipe">How it is made.</param>
public sealed record Member(string Id, bool Stolen, string? Parent, Recipe Recipe)
{
    /// <summary>
    /// SHA-256 of all that determines an honest member's weights, so that another version of the model can have the same ones;
    /// null where the target's weights are part of it, or nothing is trained.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Whether it is one more of a kind that is also reported on, to be learned from alone. Not the whole answer, which is <see cref="EnsemblePlan.IsForTrainingAlone"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ForTrainingAlone { get; init; }

    /// <summary>The name under which results are reported.</summary>
    [JsonIgnore]
    public string Family => Parent is null ? Recipe.Family : "chain";
}
