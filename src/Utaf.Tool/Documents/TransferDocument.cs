using System.Text.Json;
using Utaf.Stores;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What <c>push</c> or <c>pull</c> brought where.</summary>
/// <param name="From">The store's address; null: files.</param>
/// <param name="To">The store's address, or the file.</param>
/// <param name="Pairs">In the order in which they went.</param>
internal sealed record TransferDocument(string? From, string To, IReadOnlyList<TransferredPair> Pairs) : Document
{
    public static TransferDocument Of(string? from, string to, IEnumerable<StoredPair> pairs) =>
        new(from, to, [.. pairs.Select(pair => new TransferredPair(pair.Model, pair.Version, pair.Sha256, pair.Added, pair.Manifest?.Encryption?.KeyId))]);

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.TransferDocument);

    public override void WriteTo(TextPage page)
    {
        page.Line(From is null ? $"To {To}:" : $"From {From} to {To}:");
        page.Table(
            ["model", "digest", ""],
            Pairs.Select(pair => (Cell[])[
                $"{pair.Model}@{pair.Version}",
                Numbers.Digest(pair.Sha256),
                pair.Added ? new Cell("added", Tone.Good) : new Cell("was there already", Tone.Faint)]));
    }
}

/// <summary>One pair of a transfer.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Sha256">The pair's identity.</param>
/// <param name="Added">Whether it was not there before.</param>
/// <param name="KeyId">The key that it is encrypted with there; null: none.</param>
internal sealed record TransferredPair(string Model, string Version, string Sha256, bool Added, string? KeyId);
