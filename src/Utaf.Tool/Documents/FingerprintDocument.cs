using System.Text.Json;
using Utaf.Fingerprints;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What <c>fingerprint</c> made.</summary>
/// <param name="Store">The store's address.</param>
/// <param name="Sha256">The pair's identity.</param>
/// <param name="Added">Whether the store did not have it yet.</param>
/// <param name="File">The file the pair was written to besides.</param>
/// <param name="Ensemble">The ensemble's folder.</param>
/// <param name="Manifest">The public manifest.</param>
internal sealed record FingerprintDocument(
    string Store, string Sha256, bool Added, string? File, string Ensemble, PairManifest Manifest) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.FingerprintDocument);

    public override void WriteTo(TextPage page)
    {
        var facts = new List<(string, Cell)>
        {
            ("Pair", $"{Manifest.Model.Name} {Manifest.Model.Version}, SHA-256 {Sha256}"),
            ("Stored", Added ? Store : $"{Store} (it was there already)"),
        };
        if (File is not null)
        {
            facts.Add(("File", File));
        }

        facts.Add(("Ensemble", $"{Ensemble}: {Manifest.Ensemble.Positives} stolen and {Manifest.Ensemble.Negatives} honest models"));
        facts.Add(("Threshold", $"ρ = {Numbers.Short(Manifest.Threshold)}"));
        page.Facts(facts);
        PairDocument.WriteHeldOut(page, Manifest.HeldOut);
        PairDocument.WriteNotes(page, Manifest.Ensemble.Notes);
        var store = Store == StoreOption.DefaultAddress ? "" : $" --store '{Store}'";
        page.Line($"Verify a suspect: dotnet utaf verify SUSPECT.pt --model {Manifest.Model.Name}@{Numbers.Digest(Sha256)}{store}");
    }
}
