using System.Text.Json;
using Utaf.Tool.Output;
using Utaf.Verification;

namespace Utaf.Tool.Documents;

/// <summary>The result of one verification.</summary>
/// <param name="Verdict">It holds nothing secret.</param>
internal sealed record VerdictDocument(Verdict Verdict) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(Verdict, ToolJson.Readable.Verdict);

    public override void WriteTo(TextPage page) => page.Facts(
        ("Suspect", Verdict.Suspect),
        ("Model", $"{Verdict.Model.Name} {Verdict.Model.Version} (pair {Numbers.Digest(Verdict.PairSha256)})"),
        ("Verdict", Word(Verdict.Decision)),
        ("Why", Verdict.Reason),
        ("Matching rate", $"p₊ = {Numbers.Short(Verdict.MatchingRate)}, threshold ρ = {Numbers.Short(Verdict.Threshold)}"),
        ("p-value", $"{Numbers.Short(Verdict.PValue)}; no smaller one than {Numbers.Short(Verdict.PValueFloor)} is possible"),
        ("Significance", Verdict.Significance is { } asked ? $"{Numbers.Short(asked)} was asked" : "none was asked: the threshold decides"),
        ("Answers", $"{Verdict.Answered} of {Verdict.Asked} inputs, read as {Verdict.OutputReading}"),
        ("Digests", $"inputs {Verdict.QueryDigest}\nanswers {Verdict.AnswerDigest}"));

    /// <summary>The decision as people say it.</summary>
    public static Cell Word(Decision decision) => decision switch
    {
        Decision.PiracySuspected => new("piracy suspected", Tone.Bad),
        Decision.NoPiracySuspected => new("no piracy suspected", Tone.Good),
        _ => new("inconclusive"),
    };
}
