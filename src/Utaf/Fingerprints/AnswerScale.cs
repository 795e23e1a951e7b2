using System.Text.Json.Serialization;

namespace Utaf.Fingerprints;

/// <summary>On what scale the meta-verifier reads the numbers of the output space, where it does not read them as they are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerScale>))]
public enum AnswerScale
{
    /// <summary><see cref="CentredLogarithms"/>; of probabilities only.</summary>
    [JsonStringEnumMemberName("logarithmic")]
    Logarithmic,
}
