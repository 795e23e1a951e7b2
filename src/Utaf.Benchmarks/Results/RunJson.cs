using System.Text.Json.Serialization;

namespace Utaf.Benchmarks.Results;

/// <summary>A run folder's JSON: generated code as for pairs. Missing keys are errors, unknown ones are not.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunSettings))]
[JsonSerializable(typeof(RepeatResult))]
[JsonSerializable(typeof(RunFormat))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>The part of <c>run.json</c> that every version has.</summary>
internal sealed record RunFormat(int Format);
