using System.Text.Json;
using System.Text.Json.Nodes;

namespace Utaf.Benchmarks.Speed;

/// <summary>What a contestant says of one stage: a line of JSON with <c>stage</c>, <c>seconds</c> and further numbers.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Numbers">The line's other numbers by name.</param>
internal sealed record StageLine(string Stage, double Seconds, IReadOnlyDictionary<string, double> Numbers)
{
    /// <summary>One of the line's numbers.</summary>
    public double this[string name] => Numbers[name];

    /// <summary>Reads a line; null where it is anything else, such as a warning.</summary>
    public static StageLine? TryParse(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            var numbers = document.RootElement.EnumerateObject()
                .Where(property => property.Value.ValueKind == JsonValueKind.Number)
                .ToDictionary(property => property.Name, property => property.Value.GetDouble());
            return document.RootElement.TryGetProperty("stage", out var stage) && stage.ValueKind == JsonValueKind.String && numbers.Remove("seconds", out var seconds)
                ? new(stage.GetString()!, seconds, numbers)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The line.</summary>
    public override string ToString()
    {
        var line = new JsonObject { ["stage"] = Stage, ["seconds"] = Seconds };
        foreach (var (name, value) in Numbers)
        {
            line[name] = value;
        }

        return line.ToJsonString();
    }
}
