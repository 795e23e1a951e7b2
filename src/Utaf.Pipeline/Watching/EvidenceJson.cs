using System.Text.Json.Serialization;
using Utaf.Reports;

namespace Utaf.Watching;

/// <summary>Reads what is kept in the evidence folder: generated code, for a quick start.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SuspectFinding))]
[JsonSerializable(typeof(RunState))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

/// <summary>Writes what <see cref="EvidenceJson"/> reads, see <see cref="CompiledJson"/>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SuspectFinding))]
[JsonSerializable(typeof(RunState))]
internal sealed partial class WrittenEvidenceJson : JsonSerializerContext;

/// <summary>A run that is under way.</summary>
/// <param name="Id">Its name, from the time it began.</param>
/// <param name="BegunUtc">When it began.</param>
internal sealed record RunState(string Id, DateTimeOffset BegunUtc);
