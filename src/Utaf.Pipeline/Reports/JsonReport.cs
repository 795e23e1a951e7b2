using System.Text.Json;
using Utaf.Commitments;
using Utaf.Endpoints;

namespace Utaf.Reports;

/// <summary>JSON for programs, described by <c>templates/utaf-report.schema.json</c>. Keys are added, never renamed, within one format version.</summary>
public sealed class JsonReport : IReportForm
{
    /// <summary>The format version that this code writes.</summary>
    public const int FormatVersion = 1;

    private const int LongestSentence = 1000;

    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public string Extension => ".json";

    /// <inheritdoc/>
    public string Render(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var document = new WrittenReport(
            FormatVersion, report.ToolVersion, report.CreatedUtc.ToUniversalTime(), (int)report.ExitCode, [.. report.Findings.Select(Of)]);
        return JsonSerializer.Serialize(document, ReportJson.Readable.WrittenReport) + "\n";
    }

    private static WrittenFinding Of(SuspectFinding finding) => new(
        finding.Suspect,
        finding.Address is { } address ? RepositoryPath.OfPlace(address) : null,
        finding.Position is { } position ? position with { File = RepositoryPath.Of(position.File) } : null,
        finding.Manifest.Model,
        finding.PairSha256,
        (int)finding.ExitCode,
        finding.Verdict?.Decision,
        finding.Verdict is { } verdict ? Untrusted.Line(verdict.Reason, LongestSentence) : null,
        finding.Verdict?.MatchingRate,
        finding.Manifest.Threshold,
        finding.Verdict?.PValue,
        finding.AdjustedPValue,
        finding.Verdict?.PValueFloor,
        finding.Verdict?.Significance,
        finding.Verdict?.Asked,
        finding.Verdict?.Answered,
        finding.Verdict?.QueryDigest,
        finding.Verdict?.AnswerDigest,
        finding.Verdict?.OutputReading,
        finding.Verdict is null ? Of(finding.Failure) : null,
        Of(finding.Manifest.HeldOut),
        finding.Transcript is { } transcript ? Of(transcript) : null,
        finding.Commitment is { } commitment ? Of(commitment) : null);

    private static WrittenFailure Of(Diagnostic? failure) => failure is null
        ? new(null, "The suspect was not asked.", null)
        : new(failure.Code, Untrusted.Line(failure.Message, LongestSentence), RepositoryPath.OfPlace(failure.Origin));

    private static WrittenHeldOut Of(Fingerprints.HeldOutResults heldOut) => new(
        heldOut.Members.Count(member => member.Stolen), heldOut.Members.Count(member => !member.Stolen), heldOut.Auc, heldOut.Aruc);

    private static TranscriptSummary Of(TranscriptSummary transcript) => transcript with
    {
        File = transcript.File is { } file ? RepositoryPath.Of(file) : null,
        Notes = [.. transcript.Notes.Select(note => Untrusted.Line(note))],
    };

    private static CommitmentCheck Of(CommitmentCheck commitment) => commitment with
    {
        Statement = RepositoryPath.Of(commitment.Statement),
        Detail = Untrusted.Line(commitment.Detail, LongestSentence),
    };
}
