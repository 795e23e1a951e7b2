using System.Text.Json.Serialization;

namespace Utaf.Fingerprints;

/// <summary>On what scale the meta-verifier reads the numbers of the output space.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerScale>))]
public enum AnswerScale
{
    /// <summary>As they are.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary><see cref="CentredLogarithms"/>; of probabilities only.</summary>
    [JsonStringEnumMemberName("logarithmic")]
    Logarithmic,
}
