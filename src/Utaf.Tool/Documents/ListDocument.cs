using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>The pairs of a store.</summary>
/// <param name="Store">The store's address.</param>
/// <param name="Pairs">By model, version and digest.</param>
internal sealed record ListDocument(string Store, IReadOnlyList<PairDocument> Pairs) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.ListDocument);

    public override void WriteTo(TextPage page)
    {
        if (Pairs.Count == 0)
        {
            page.Line($"{Store} has no such pairs. Make one with: dotnet utaf fingerprint; or bring one with: dotnet utaf push");
            return;
        }

        page.Line(Store);
        page.Table(
            ["model", "digest", "made", "task", Column.Number("N"), Column.Number("ρ"), Column.Number("AUC"), Column.Number("ARUC"), "key"],
            Pairs.Select(Row));
    }

    private static Cell[] Row(PairDocument pair) => pair.Manifest is { } manifest
        ?
        [
            pair.Named ?? "",
            Numbers.Digest(pair.Sha256),
            manifest.CreatedUtc is { } time ? PairDocument.Time(time) : "–",
            manifest.Task,
            Numbers.Count(manifest.Examples),
            Numbers.Short(manifest.Threshold),
            Numbers.Score(manifest.HeldOut.Auc),
            Numbers.Score(manifest.HeldOut.Aruc),
            manifest.Encryption?.KeyId ?? "–",
        ]
        : [pair.Named ?? "", Numbers.Digest(pair.Sha256), "–", new Cell(Why(pair), Tone.Bad), "–", "–", "–", "–", "–"];

    private static string Why(PairDocument pair) => pair.NewerFormat is { } version
        ? $"of a newer utaf (format {version}): update the tool"
        : "manifest missing or damaged";
}
