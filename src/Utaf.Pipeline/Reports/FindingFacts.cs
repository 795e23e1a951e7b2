using Utaf.Commitments;
using Utaf.Endpoints;
using Utaf.Verification;

namespace Utaf.Reports;

/// <summary>A name and its value, on one line each; the value may quote strangers.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">For people; a form must still escape it.</param>
/// <param name="IsDigest">Whether the value is one long hexadecimal number.</param>
public sealed record Fact(string Name, string Value, bool IsDigest = false);

/// <summary>A finding as names and values, which every form for people shows.</summary>
public static class FindingFacts
{
    /// <summary>The fact that holds the verdict, which forms with colours colour.</summary>
    public const string VerdictName = "Verdict";

    /// <summary>The fact that holds the reason, which some forms show as a sentence of its own.</summary>
    public const string WhyName = "Why";

    private const int LongestSentence = 1000;

    /// <summary>What was decided, and from which numbers.</summary>
    public static IReadOnlyList<Fact> Verdict(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var model = finding.Manifest.Model;
        return
        [
            Line("Suspect", finding.Suspect),
            .. finding.Address is { } address ? [Line("Address", RepositoryPath.OfPlace(address))] : Array.Empty<Fact>(),
            Line("Model", $"{Untrusted.Line(model.Name)} {Untrusted.Line(model.Version)} (pair {Figures.Digest(finding.PairSha256)})"),
            new(VerdictName, FindingWords.Verdict(finding)),
            new(WhyName, FindingWords.Why(finding)),
            .. finding.Verdict is { } verdict ? Of(verdict, finding.AdjustedPValue) : [],
        ];
    }

    /// <summary>What somebody else can check: digests, counts, times.</summary>
    public static IReadOnlyList<Fact> Evidence(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var heldOut = finding.Manifest.HeldOut;
        return
        [
            Digest("Pair, SHA-256", finding.PairSha256),
            Digest("Model artifact, SHA-256", finding.Manifest.Model.ArtifactSha256),
            .. finding.Verdict is { } verdict
                ? [Digest("Inputs, SHA-256", verdict.QueryDigest), Digest("Answers, SHA-256", verdict.AnswerDigest)]
                : Array.Empty<Fact>(),
            .. finding.Transcript is { } transcript ? Of(transcript) : [],
            .. finding.Commitment is { } commitment ? Of(commitment) : [new("Commitment", "none was found")],
            new("Held-out models", $"{heldOut.Members.Count(member => member.Stolen)} stolen, {heldOut.Members.Count(member => !member.Stolen)} honest; AUC {Figures.Score(heldOut.Auc)}, ARUC {Figures.Score(heldOut.Aruc)}"),
        ];
    }

    private static IEnumerable<Fact> Of(Verdict verdict, double? adjusted) =>
    [
        new("Matching rate", $"p₊ = {Figures.Short(verdict.MatchingRate)}, threshold ρ = {Figures.Short(verdict.Threshold)}"),
        new("p-value", $"{Figures.Short(verdict.PValue)}; no smaller one than {Figures.Short(verdict.PValueFloor)} is possible"),
        .. adjusted is null ? Array.Empty<Fact>() : [new("Adjusted p-value", $"{Figures.Short(adjusted)} after Holm's correction for all verifications of this report")],
        new("Significance", verdict.Significance is { } asked ? $"{Figures.Short(asked)} was asked" : "none was asked: the threshold decides"),
        new("Answers", $"{Figures.Count(verdict.Answered)} of {Figures.Count(verdict.Asked)} inputs, read as {Untrusted.Line(verdict.OutputReading)}"),
    ];

    private static IEnumerable<Fact> Of(TranscriptSummary transcript) =>
    [
        new("Requests", $"{Figures.Count(transcript.Exchanges)} sent, {Figures.Count(transcript.Refused)} without answers; {Figures.Count(transcript.Queries, "input")} of at most {Figures.Count(transcript.Budget)}"),
        .. transcript.FirstUtc is null ? Array.Empty<Fact>() : [new("Asked", $"from {Figures.Time(transcript.FirstUtc)} to {Figures.Time(transcript.LastUtc)}")],
        Digest("Transcript, SHA-256", transcript.Sha256),
        .. transcript.File is { } file ? [Line("Transcript", RepositoryPath.Of(file))] : Array.Empty<Fact>(),
        .. transcript.Notes.Select(note => Line("Note", note)),
    ];

    private static IEnumerable<Fact> Of(CommitmentCheck commitment) =>
    [
        new("Commitment", commitment.Matches ? "agrees with this pair and model" : "DIFFERS from this pair or model"),
        new("Committed", Figures.Time(commitment.CommittedUtc) + commitment.OlderThanFirstQuery switch
        {
            true => ", before the suspect's first query",
            false => ", NOT before the suspect's first query",
            null => "; whether before the suspect's first query is unknown",
        }),
        Line("Statement", RepositoryPath.Of(commitment.Statement)),
        new("Of the commitment", Untrusted.Line(commitment.Detail, LongestSentence)),
    ];

    private static Fact Line(string name, string value) => new(name, Untrusted.Line(value));

    private static Fact Digest(string name, string sha256) => new(name, Untrusted.Line(sha256), IsDigest: true);
}
