using System.Text.Json.Serialization;

namespace Utaf.Fingerprints;

/// <summary>What the numbers are that the meta-verifier is given.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutputSpace>))]
public enum OutputSpace
{
    /// <summary>The model's outputs as they are: regression values, generated samples.</summary>
    [JsonStringEnumMemberName("raw")]
    Raw,

    /// <summary>Class probabilities: a prediction API gives those, and logits are turned into them.</summary>
    [JsonStringEnumMemberName("probabilities")]
    Probabilities,
}
