using Utaf.Configuration;
using Utaf.Fingerprints;
using Utaf.Reports;
using Utaf.Tests;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>Reports as they happen, and as they should not.</summary>
internal static class SampleReports
{
    public static readonly DateTimeOffset Time = new(2026, 5, 4, 12, 30, 15, TimeSpan.FromHours(2));

    /// <summary>A name that means something to everything that is careless with it.</summary>
    public const string HostileName = "<script>alert('x')</script> \"q\" & `c` | [a](http://evil.example) @octocat #1 \u202E🙂\nnext";

    public static PairManifest Manifest { get; } = With(
        honest: [.. Enumerable.Range(0, 129).Select(i => Math.Pow(i / 129.0, 6) * 0.62)],
        stolen: [.. Enumerable.Range(0, 64).Select(i => 1 - (Math.Pow(i / 64.0, 5) * 0.7))]);

    public static SuspectFinding Stolen { get; } = Scored("prices-api", 0.982143, Decision.PiracySuspected) with
    {
        Address = "https://api.rival.example/v2/models/prices/infer",
        Position = new SourcePosition("utaf.json", 31, 5),
        AdjustedPValue = 5 / 130.0,
        Transcript = new(
            Exchanges: 7, Queries: 116, Budget: 300, Refused: 3, Time.AddMinutes(-3), Time.AddMinutes(-2), new string('d', 64),
            ".utaf/evidence/digits/1.2.0/prices-api-0123abcd/20260504T103015000Z/transcript.jsonl",
            ["The order of the answers could not be checked: the protocol echoes no identifier."]),
        Commitment = new("digits.intoto.json", Matches: true, Time.AddDays(-40), OlderThanFirstQuery: true, "Digest and artifact agree; the time is the statement's own and is as good as whoever keeps it."),
    };

    public static SuspectFinding Honest { get; } = Scored("wettbewerb-größe", 0.031, Decision.NoPiracySuspected) with { AdjustedPValue = 1, Position = new("utaf.json", 40, 5) };

    public static SuspectFinding Unanswered { get; } = Scored("名前 🙂", null, Decision.Inconclusive) with { Position = new("utaf.json", 44, 5) };

    public static SuspectFinding Doubtful { get; } = Scored("doubtful", 0.71, Decision.Inconclusive) with { AdjustedPValue = 0.12 };

    public static SuspectFinding Failed { get; } = new("unreachable", Manifest, new string('c', 64))
    {
        Failure = Errors.SuspectWidth("unreachable", 10, 3).Diagnostic,
        Address = "http://127.0.0.1:9/",
        Position = new("utaf.json", 50, 5),
    };

    public static SuspectFinding Hostile { get; } = Scored(HostileName, 0.97, Decision.PiracySuspected) with
    {
        Address = $"https://evil.example/{HostileName}",
        Verdict = Scored(HostileName, 0.97, Decision.PiracySuspected).Verdict! with { Reason = $"It said: {HostileName}", OutputReading = HostileName },
        Transcript = new(1, 2, 3, 0, null, null, new string('e', 64), HostileName, [HostileName, "</details><img src=x onerror=alert(1)>"]),
        Commitment = new(HostileName, Matches: false, null, null, HostileName),
    };

    public static SuspectFinding Endless { get; } = Scored(string.Concat(Enumerable.Repeat("very-long-name", 2000)), 0, Decision.NoPiracySuspected);

    public static VerificationReport Empty { get; } = Of();

    public static VerificationReport One { get; } = Of(Stolen);

    public static VerificationReport Watch { get; } = Of(Honest, Failed, Stolen, Unanswered, Doubtful);

    public static VerificationReport Everything { get; } = Of(
        Honest,
        Hostile,
        Failed,
        Stolen,
        Unanswered,
        Doubtful,
        Endless,
        Scored("exactly one", 1, Decision.PiracySuspected),
        Scored("thousands", 0.4, Decision.NoPiracySuspected) with
        {
            Manifest = With([.. Enumerable.Range(0, 5000).Select(i => i / 10000.0)], [.. Enumerable.Range(0, 3000).Select(i => 1 - (i / 9000.0))]),
        },
        Scored("none held out", 0.9, Decision.PiracySuspected) with { Manifest = With([], []) },
        new SuspectFinding("never asked", Manifest, new string('c', 64)));

    public static TheoryData<string> Names => [nameof(Empty), nameof(One), nameof(Watch), nameof(Everything)];

    public static VerificationReport Named(string name) => name switch
    {
        nameof(Empty) => Empty,
        nameof(One) => One,
        nameof(Watch) => Watch,
        _ => Everything,
    };

    public static VerificationReport Of(params SuspectFinding[] findings) => new("0.1.0", Time, findings);

    public static PairManifest With(double[] honest, double[] stolen) => SamplePairs.Manifest with
    {
        HeldOut = SamplePairs.Manifest.HeldOut with
        {
            Members =
            [
                .. honest.Select((rate, i) => new HeldOutMember($"honest-{i}", "mlp", false, rate)),
                .. stolen.Select((rate, i) => new HeldOutMember($"stolen-{i}", "fine-tuning", true, rate)),
            ],
        },
    };

    public static SuspectFinding Scored(string suspect, double? rate, Decision decision)
    {
        var verdict = new Verdict(
            suspect, Manifest.Model, new string('c', 64), rate, Manifest.Threshold, decision,
            decision switch
            {
                Decision.PiracySuspected => "The matching rate 0.982143 is above the threshold 0.5 (p-value 0.007692 from 129 held-out negatives).",
                Decision.NoPiracySuspected => "The matching rate 0.031 is not above the threshold 0.5.",
                _ when rate is null => "The suspect answered 61 of 100 inputs; all are needed. The query budget of 100 inputs is used up.",
                _ => "The matching rate 0.71 is above the threshold 0.5, but its p-value 0.12 is above the asked significance 0.05.",
            },
            rate is null ? null : 1 / 130.0, 1 / 130.0, 0.05, 100, rate is null ? 61 : 100, new string('1', 64), new string('2', 64), "probabilities");
        return new(suspect, Manifest, new string('c', 64)) { Verdict = verdict };
    }
}
