using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Commitments;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Reports;

/// <summary>The report's JSON: generated code, for a quick start.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(WrittenReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Letters beyond ASCII stay letters.</summary>
    public static ReportJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>The report as <c>templates/utaf-report.schema.json</c> describes it.</summary>
internal sealed record WrittenReport(
    int FormatVersion, string ToolVersion, DateTimeOffset CreatedUtc, int ExitCode, IReadOnlyList<WrittenFinding> Findings);

/// <summary>One finding: the verdict's numbers, or the failure.</summary>
internal sealed record WrittenFinding(
    string Suspect,
    string? Address,
    SourcePosition? Position,
    ModelIdentity Model,
    string PairSha256,
    int ExitCode,
    Decision? Decision,
    string? Reason,
    double? MatchingRate,
    double Threshold,
    double? PValue,
    double? AdjustedPValue,
    double? PValueFloor,
    double? Significance,
    int? Asked,
    int? Answered,
    string? QueryDigest,
    string? AnswerDigest,
    string? OutputReading,
    WrittenFailure? Failure,
    WrittenHeldOut HeldOut,
    TranscriptSummary? Transcript,
    CommitmentCheck? Commitment);

/// <summary>Why there is no verdict.</summary>
internal sealed record WrittenFailure(string? Code, string Message, string? Origin);

/// <summary>What the pair's p-values rest on.</summary>
internal sealed record WrittenHeldOut(int Stolen, int Honest, double Auc, double Aruc);
