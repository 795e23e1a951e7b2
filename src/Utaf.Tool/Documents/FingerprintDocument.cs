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
/// <param name="Commitment">The public commitment to it.</param>
/// <param name="Ensemble">The ensemble's folder.</param>
/// <param name="Manifest">The public manifest.</param>
internal sealed record FingerprintDocument(
    string Store,
    string Sha256,
    bool Added,
    string? File,
    CommitmentFacts Commitment,
    string Ensemble,
    PairManifest Manifest) : Document
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

        facts.Add(("Commitment", Commitment.ToText()));
        facts.Add(("Ensemble", $"{Ensemble}: {Manifest.Ensemble.Positives} stolen and {Manifest.Ensemble.Negatives} honest models"));
        facts.Add(("Threshold", $"ρ = {Numbers.Short(Manifest.Threshold)}"));
        page.Facts(facts);
        PairDocument.WriteHeldOut(page, Manifest.HeldOut);
        PairDocument.WriteNotes(page, Manifest.Ensemble.Notes);
        page.Line("Publish the commitment, and nothing else: it will show that the pair is older than a suspicion.");
        var store = Store == StoreOption.DefaultAddress ? "" : $" --store '{Store}'";
        page.Line($"Verify a suspect: dotnet utaf verify SUSPECT.pt --model {Manifest.Model.Name}@{Numbers.Digest(Sha256)}{store}");
    }
}

/// <summary>The commitment that <c>fingerprint</c> made or found.</summary>
/// <param name="File">The in-toto statement.</param>
/// <param name="CreatedUtc">When it was made.</param>
/// <param name="IsNew">Whether that was now; else an older one of the same pair stands.</param>
/// <param name="PutAside">Where the commitment of another pair went, which had the file's name.</param>
internal sealed record CommitmentFacts(string File, DateTimeOffset CreatedUtc, bool IsNew, string? PutAside)
{
    public string ToText()
    {
        var age = IsNew ? "" : $" (it stands since {PairDocument.Time(CreatedUtc)})";
        var other = PutAside is null ? "" : $"; that of another pair is now {PutAside}";
        return File + age + other;
    }
}
