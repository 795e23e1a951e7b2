using System.Text.Json.Serialization;

namespace Utaf.Fingerprints;

/// <summary>On what scale the meta-verifier reads the numbers of the output space, where it does not read them as they are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerScale>))]
public enum AnswerScale
{
    /// <summary><see cref="CentredLogarithms"/>; of probabilities only. Since format version 2.</summary>
    [JsonStringEnumMemberName("logarithmic")]
    Logarithmic,

    /// <summary><see cref="CentredLogarithms"/> that are standardised; of probabilities only. Since format version 3.</summary>
    [JsonStringEnumMemberName("standardisedLogarithmic")]
    StandardisedLogarithmic,

    /// <summary><see cref="Fingerprints.InnerProducts"/>. Since format version 3.</summary>
    [JsonStringEnumMemberName("innerProducts")]
    InnerProducts,
}
