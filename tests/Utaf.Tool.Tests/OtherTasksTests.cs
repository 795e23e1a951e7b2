using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>Feature extractors and scorers on the command line.</summary>
public sealed class OtherTasksTests : ToolTest
{
    private const string Extractor = "classifier-logits.pt";
    private const string Scorer = "mlp-scripted.pt";
    private static readonly string[] Small = ["--profile", "quick", "--epochs", "2", "--iterations", "5", "--examples", "10"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_feature_extractor_becomes_a_pair_with_labels_or_without(bool labelled)
    {
        var table = ClassTable();
        string[] reading = labelled ? [] : ["--label", "none"];
        Write("data.csv", labelled ? table : string.Join('\n', table.Split('\n').Select(line => line[..Math.Max(0, line.LastIndexOf(','))])));
        await SucceedAsync(["fingerprint", Fixture(Extractor), "--data", "data.csv", "--task", "embedding", "--name", "features", .. reading, .. Small]);

        await IsOf("features", "embedding", 3);
        Assert.Contains((await RunAsync("verify", Fixture(Extractor), "--model", "features")).ExitCode, (int[])[0, 1, 4]);
    }

    [Fact]
    public async Task A_scorer_becomes_a_pair_whose_query_column_utaf_json_can_name()
    {
        Write("data.csv", Searches());
        Write("utaf.json", $$"""{ "models": [{ "name": "search", "path": "{{Fixture(Scorer)}}", "task": "ranking", "data": { "path": "data.csv", "queryColumn": "qid", "skipColumns": 2 } }] }""");
        await SucceedAsync(["fingerprint", "search", .. Small]);

        await IsOf("search", "ranking", 1);
    }

    [Theory]
    [InlineData("UTAF1211", "ranking")]
    [InlineData("UTAF1212", "ranking", "--query-column", "id")]
    [InlineData("UTAF1203", "ranking", "--query-column", "query")]
    [InlineData("UTAF1001", "ranking", "--query-column", "y")]
    [InlineData("UTAF1001", "regression", "--query-column", "qid")]
    [InlineData("UTAF1001", "ranking", "--query-column", "qid", "--distillation", "annealed")]
    [InlineData("UTAF1210", "embedding")]
    public async Task Data_that_does_not_fit_the_task_is_refused(string code, string task, params string[] options)
    {
        Write("data.csv", Searches());
        await FailAsync(code, 2, ["fingerprint", Fixture(Scorer), "--data", "data.csv", "--skip-columns", "2", "--task", task, .. options]);
    }

    private async Task IsOf(string model, string task, int width)
    {
        using var manifest = JsonDocument.Parse(await SucceedAsync("inspect", $"{model}@1.0.0", "--format", "json"));
        var found = manifest.RootElement.GetProperty("manifest");
        Assert.Equal(task, found.GetProperty("task").GetString());
        Assert.Equal(width, found.GetProperty("output").GetProperty("width").GetInt32());
        Assert.Equal("raw", found.GetProperty("output").GetProperty("space").GetString());
    }

    /// <summary>A column of each document's own, one of queries of six documents, whose names are text, five inputs and a relevance.</summary>
    private static string Searches()
    {
        var lines = RegressionTable().TrimEnd('\n').Split('\n');
        return string.Join('\n', lines.Select((line, row) => row == 0 ? $"id,qid,{line}" : $"{row},query-{(row - 1) / 6},{line}")) + "\n";
    }
}
