using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Reports;

namespace Utaf.Watching;

/// <summary>The JSON of what is kept in the evidence folder: generated code, for a quick start.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(SuspectFinding))]
[JsonSerializable(typeof(RunState))]
internal sealed partial class EvidenceJson : JsonSerializerContext
{
    /// <summary>Letters beyond ASCII stay letters.</summary>
    public static EvidenceJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A run that is under way.</summary>
/// <param name="Id">Its name, from the time it began.</param>
/// <param name="BegunUtc">When it began.</param>
internal sealed record RunState(string Id, DateTimeOffset BegunUtc);
