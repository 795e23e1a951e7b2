using Utaf.Commitments;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Reports;

/// <summary>What <c>verify</c> and <c>watch</c> found; every form of report is made from it. It holds nothing secret.</summary>
/// <param name="ToolVersion">Version of the tool that verified.</param>
/// <param name="CreatedUtc">When the report was made.</param>
/// <param name="Findings">One for each suspect and pair.</param>
public sealed record VerificationReport(string ToolVersion, DateTimeOffset CreatedUtc, IReadOnlyList<SuspectFinding> Findings)
{
    /// <summary>
    /// What the command returns: 1 if any suspect is suspected of piracy; else 2 or 3 if one failed so (the least of them);
    /// else 4 if one is inconclusive; else 0.
    /// </summary>
    public ExitCode ExitCode => Findings.Select(finding => finding.ExitCode).DefaultIfEmpty(ExitCode.NoPiracySuspected).MinBy(Rank);

    /// <summary>The findings for a reader: what needs attention most first, as listed otherwise.</summary>
    public IEnumerable<SuspectFinding> BySeverity => Findings.OrderBy(finding => Rank(finding.ExitCode));

    private static int Rank(ExitCode code) => code switch
    {
        ExitCode.PiracySuspected => 0,
        ExitCode.Usage => 1,
        ExitCode.Environment => 2,
        ExitCode.Inconclusive => 3,
        _ => 4,
    };
}

/// <summary>What was found of one suspect with one pair: a verdict, or why there is none.</summary>
/// <param name="Suspect">The suspect's name.</param>
/// <param name="Manifest">The pair's public manifest.</param>
/// <param name="PairSha256">The pair's identity.</param>
public sealed record SuspectFinding(string Suspect, PairManifest Manifest, string PairSha256)
{
    /// <summary>The verdict; null if the suspect could not be verified.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why there is no verdict; null if there is one.</summary>
    public Diagnostic? Failure { get; init; }

    /// <summary>The suspect's address without secrets; a file's name; null if unknown.</summary>
    public string? Address { get; init; }

    /// <summary>Where the suspect stands in <c>utaf.json</c>; null if it was named on the command line.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary>Holm's adjusted p-value over all findings of a watch, in (0, 1]; null where it does not apply.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>The exchanges with a prediction API; null for a file.</summary>
    public TranscriptSummary? Transcript { get; init; }

    /// <summary>What the pair's commitment says; null if none was found.</summary>
    public CommitmentCheck? Commitment { get; init; }

    /// <summary>0, 1, 2, 3 or 4.</summary>
    public ExitCode ExitCode => Verdict?.ExitCode ?? Failure?.ExitCode ?? ExitCode.Inconclusive;
}
