using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>An ensemble before it is built.</summary>
/// <param name="Hash">The plan's hash.</param>
/// <param name="Folder">Where it would be built.</param>
/// <param name="Json">The plan itself, as it stands in the ensemble's folder.</param>
internal sealed record PlanDocument(string Hash, string Folder, string Json) : Document
{
    public override string ToJson() => Json;

    public override void WriteTo(TextPage page)
    {
        using var plan = JsonDocument.Parse(Json);
        var root = plan.RootElement;
        var members = root.GetProperty("members").EnumerateArray().ToList();
        var stolen = members.Count(member => member.GetProperty("stolen").GetBoolean());
        page.Facts(
            ("Plan", $"{Numbers.Digest(Hash)}, profile {root.GetProperty("profile").GetString()}, seed {root.GetProperty("seed").GetUInt64()}"),
            ("Members", $"{stolen} stolen, {members.Count - stolen} honest"),
            ("Folder", Folder));
        foreach (var side in members.GroupBy(member => member.GetProperty("stolen").GetBoolean()))
        {
            page.Line();
            page.Line(side.Key ? "Stolen: derived from the target" : "Honest: independent of the target");
            page.Table(["recipe", "member", side.Key ? "from" : "", "parameters"], Rows([.. side]));
        }
    }

    private static IEnumerable<Cell[]> Rows(List<JsonElement> members)
    {
        foreach (var group in members.GroupBy(member => member.GetProperty("recipe").GetProperty("recipe").GetString()))
        {
            var name = $"{group.Key} ({group.Count()})";
            foreach (var member in group)
            {
                var stolen = member.GetProperty("stolen").GetBoolean();
                var from = member.TryGetProperty("parent", out var parent) ? parent.GetString()! : stolen ? "target" : "";
                yield return [name, member.GetProperty("id").GetString()!, from, Parameters(member.GetProperty("recipe"))];
                name = "";
            }
        }
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
