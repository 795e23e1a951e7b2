using System.Text.Json;
using System.Text.Json.Nodes;
using Utaf.Ensembles.Costs;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>An ensemble before it is built.</summary>
/// <param name="Hash">The plan's hash.</param>
/// <param name="Folder">Where it would be built.</param>
/// <param name="Json">The plan itself, as it stands in the ensemble's folder.</param>
/// <param name="ForTrainingAlone">The members that are only learned from, by their ids.</param>
/// <param name="Estimate">What building it will take; null where that was not asked for.</param>
internal sealed record PlanDocument(string Hash, string Folder, string Json, IReadOnlySet<string> ForTrainingAlone, CostEstimate? Estimate) : Document
{
    public override string ToJson()
    {
        if (Estimate is null)
        {
            return Json;
        }

        var plan = JsonNode.Parse(Json)!.AsObject();
        plan["estimate"] = JsonSerializer.SerializeToNode(Estimate, ToolJson.Readable.CostEstimate);
        return plan.ToJsonString(ToolJson.Readable.Options);
    }

    public override void WriteTo(TextPage page)
    {
        using var plan = JsonDocument.Parse(Json);
        var root = plan.RootElement;
        var members = root.GetProperty("members").EnumerateArray().ToList();
        var stolen = members.Count(member => member.GetProperty("stolen").GetBoolean());
        page.Facts(
            ("Plan", $"{Numbers.Digest(Hash)}, profile {root.GetProperty("profile").GetString()}, seed {root.GetProperty("seed").GetUInt64()}"),
            ("Members", $"{stolen} stolen, {members.Count - stolen} honest{(ForTrainingAlone.Count > 0 ? $"; {Numbers.Count(ForTrainingAlone.Count)} of all are learned from and in no result" : "")}"),
            ("Folder", Folder));
        foreach (var side in members.GroupBy(member => member.GetProperty("stolen").GetBoolean()))
        {
            page.Line();
            page.Line(side.Key ? "Stolen: derived from the target" : "Honest: independent of the target");
            page.Table(["recipe", "member", side.Key ? "from" : "", "parameters"], Rows([.. side]));
        }

        if (Estimate is not null)
        {
            WriteEstimate(page, Estimate);
        }
    }

    private static void WriteEstimate(TextPage page, CostEstimate estimate)
    {
        page.Line();
        if (estimate.Kinds.Count == 0)
        {
            page.Line("Estimate: every member is built.");
            return;
        }

        page.Line("Estimate: from a few steps of each kind, for this machine with nothing else to do");
        page.Table(
            ["kind", Column.Number("members"), Column.Number("steps"), Column.Number("ms per step"), Column.Number("seconds")],
            estimate.Kinds.Select(kind => (Cell[])
            [
                kind.Kind,
                Numbers.Count(kind.Members),
                Numbers.Count(kind.Steps),
                kind.Steps > 0 ? Numbers.Milliseconds(kind.SecondsPerStep) : "–",
                Numbers.Seconds(kind.Seconds),
            ]));
        page.Facts(
            ("Time", $"about {Numbers.Duration(TimeSpan.FromSeconds(estimate.Seconds))}{(estimate.Processes > 1 ? $" in {estimate.Processes} processes" : "")}"),
            ("Memory", $"about {Numbers.Megabytes(estimate.PeakMemoryBytes)}"));
    }

    private IEnumerable<Cell[]> Rows(List<JsonElement> members)
    {
        foreach (var group in members.GroupBy(member => (Recipe: member.GetProperty("recipe").GetProperty("recipe").GetString(), Alone: ForTrainingAlone.Contains(Id(member)))))
        {
            var name = $"{group.Key.Recipe} ({group.Count()}{(group.Key.Alone ? ", only learned from" : "")})";
            foreach (var member in group)
            {
                var stolen = member.GetProperty("stolen").GetBoolean();
                var from = member.TryGetProperty("parent", out var parent) ? parent.GetString()! : stolen ? "target" : "";
                yield return [name, Id(member), from, Parameters(member.GetProperty("recipe"))];
                name = "";
            }
        }

        static string Id(JsonElement member) => member.GetProperty("id").GetString()!;
    }

    /// <summary>Every recipe's parameters, whatever they are: a new recipe needs nothing here.</summary>
    private static string Parameters(JsonElement recipe) => string.Join(
        ", ",
        recipe.EnumerateObject().Where(property => property.Name is not ("recipe" or "id" or "family")).Select(Parameter));

    private static string Parameter(JsonProperty property) =>
        property.Name == "architecture" && property.Value.ValueKind == JsonValueKind.String
            ? property.Value.GetString()!
            : $"{property.Name} {Value(property.Value)}";

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"({string.Join(", ", value.EnumerateObject().Where(property => property.Name != "id").Select(Parameter))})",
        JsonValueKind.Array => string.Join('-', value.EnumerateArray().Select(Value)),
        _ => value.ToString(),
    };
}
