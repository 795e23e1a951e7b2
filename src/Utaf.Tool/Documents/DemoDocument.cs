using System.Text.Json;
using Utaf.Reports;
using Utaf.Tool.Output;
using Utaf.Verification;

namespace Utaf.Tool.Documents;

/// <summary>The demo's verdicts against the truth.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="PairSha256">The pair that was made.</param>
/// <param name="Threshold">Its ρ.</param>
/// <param name="Suspects">One row for each suspect.</param>
/// <param name="Seconds">How long everything took.</param>
/// <param name="Kept">Where ensemble and store were kept; null: they were deleted.</param>
internal sealed record DemoDocument(
    ulong Seed, string PairSha256, double Threshold, IReadOnlyList<DemoRow> Suspects, double Seconds, string? Kept) : Document
{
    /// <summary>Right verdicts.</summary>
    public int Right => Suspects.Count(suspect => suspect.Right);

    /// <summary>Wrong verdicts.</summary>
    public int Wrong => Suspects.Count - Right;

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.DemoDocument);

    public override void WriteTo(TextPage page)
    {
        page.Table(
            ["suspect", "how it was made", "truth", Column.Number("p₊"), Column.Number("p-value"), "verdict", ""],
            Suspects.Select(suspect => new Cell[]
            {
                suspect.Name,
                suspect.How,
                suspect.Stolen ? "stolen" : "honest",
                Numbers.Score(suspect.MatchingRate),
                Numbers.Score(suspect.PValue),
                FindingWords.Of(suspect.Decision),
                suspect.Right ? new Cell("right", Tone.Good) : new Cell("wrong", Tone.Bad),
            }));
        page.Line(
            $"{Right} of {Suspects.Count} verdicts are right (ρ = {Numbers.Short(Threshold)}, seed {Seed}), in {Numbers.Short(Seconds)} seconds.",
            Wrong == 0 ? Tone.Good : Tone.Bad);
        if (Kept is not null)
        {
            page.Line($"Kept: {Kept}");
        }
    }
}

/// <summary>One suspect of the demo.</summary>
/// <param name="Name">The suspect.</param>
/// <param name="How">How it was made.</param>
/// <param name="Stolen">The truth.</param>
/// <param name="MatchingRate">p₊; null if it could not be scored.</param>
/// <param name="PValue">Null if it could not be scored.</param>
/// <param name="Decision">The verdict.</param>
internal sealed record DemoRow(string Name, string How, bool Stolen, double? MatchingRate, double? PValue, Decision Decision)
{
    /// <summary>Whether verdict and truth agree; an inconclusive one does not.</summary>
    public bool Right => Decision == (Stolen ? Decision.PiracySuspected : Decision.NoPiracySuspected);
}
