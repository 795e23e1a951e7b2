using System.Text.Json;
using Utaf.Ensembles;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>How much of an ensemble is built.</summary>
/// <param name="Folder">The ensemble's folder.</param>
/// <param name="Plan">The plan's hash.</param>
/// <param name="Planned">Members of the plan.</param>
/// <param name="Built">Ids of the members that are built.</param>
/// <param name="Missing">Ids of the others.</param>
internal sealed record EnsembleStatusDocument(
    string Folder, string Plan, int Planned, IReadOnlyList<string> Built, IReadOnlyList<string> Missing) : Document
{
    public static EnsembleStatusDocument Of(string folder, EnsemblePlan plan, Func<Member, bool> isBuilt)
    {
        var members = plan.Members.ToLookup(isBuilt, member => member.Id);
        return new(folder, plan.Hash(), plan.Members.Count, [.. members[true]], [.. members[false]]);
    }

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.EnsembleStatusDocument);

    public override void WriteTo(TextPage page)
    {
        page.Facts(
            ("Folder", Folder),
            ("Plan", Numbers.Digest(Plan)),
            ("Built", new Cell($"{Built.Count} of {Planned} members", Missing.Count == 0 ? Tone.Good : Tone.Plain)));
        foreach (var id in Missing)
        {
            page.Line($"missing: {id}");
        }
    }
}
