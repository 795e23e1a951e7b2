using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary><c>utaf.json</c>, the environment and the command line, and which of them comes first.</summary>
public sealed class ConfigurationTests : ToolTest
{
    private const string Model = "mlp-scripted.pt";

    [Fact]
    public async Task Init_writes_a_first_file_that_the_tool_reads()
    {
        Assert.Contains("dotnet utaf fingerprint", await SucceedAsync("init"), StringComparison.Ordinal);
        Assert.Contains("\"$schema\": \"utaf.schema.json\"", File.ReadAllText(PathOf("utaf.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(PathOf("utaf.schema.json")));
        Assert.EndsWith(".utaf/store", await StoreAsync("list"), StringComparison.Ordinal);

        // All that is missing are the files that it names.
        var error = await FailAsync("UTAF1002", 2, "fingerprint");
        Assert.StartsWith("train.csv : ", error, StringComparison.Ordinal);
        Assert.EndsWith("(--data comes from utaf.json.)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_replaces_what_was_changed_only_when_forced()
    {
        await SucceedAsync("init");
        await SucceedAsync("init");
        Write("utaf.json", "{}");

        var error = await FailAsync("UTAF1023", 2, "init");
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(PathOf("utaf.json")));

        await SucceedAsync("init", "--force");
        Assert.Contains("my-model", File.ReadAllText(PathOf("utaf.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_line_comes_before_environment_before_file_before_default()
    {
        var environment = new Dictionary<string, string?> { ["UTAF_STORE"] = "folder:of-the-environment", ["UTAF_FORMAT"] = "json" };
        Assert.EndsWith(".utaf/store", await StoreAsync("list"), StringComparison.Ordinal);

        Write("utaf.json", """{ "store": { "address": "folder:of-the-file" } }""");
        Assert.EndsWith("of-the-file", await StoreAsync("list"), StringComparison.Ordinal);
        Assert.EndsWith("of-the-environment", await StoreAsync(environment, "list"), StringComparison.Ordinal);
        Assert.EndsWith("of-the-command-line", await StoreAsync(environment, "list", "--store", "folder:of-the-command-line"), StringComparison.Ordinal);

        // The common options too; an empty variable says nothing.
        Assert.StartsWith("{", (await RunAsync(environment, "list")).StandardOutput, StringComparison.Ordinal);
        Assert.StartsWith("folder:", (await RunAsync(environment, "list", "--format", "text")).StandardOutput, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(new Dictionary<string, string?> { ["UTAF_FORMAT"] = "" }, "list")).ExitCode);
    }

    [Theory]
    [InlineData("UTAF_FORMAT", "yaml", "UTAF1000", "--format")]
    [InlineData("UTAF_SEED", "twelve", "UTAF1000", "--seed")]
    [InlineData("UTAF_EPOCHS", "0", "UTAF1001", "--epochs")]
    [InlineData("UTAF_DATA", "nowhere.csv", "UTAF1002", "--data")]
    [InlineData("UTAF_CONFIG", "nowhere.json", "UTAF1002", "--config")]
    public async Task An_error_that_the_environment_made_names_the_variable(string variable, string value, string code, string option)
    {
        string[] arguments = ["ensemble", "plan", Fixture(Model), "--task", "regression"];
        arguments = variable == "UTAF_DATA" ? arguments : [.. arguments, "--data", Write("data.csv", RegressionTable())];
        var result = await RunAsync(new Dictionary<string, string?> { [variable] = value }, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($" : error {code}: ", result.StandardError, StringComparison.Ordinal);
        Assert.Contains($"({option} comes from {variable}.)", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_the_file_is_told_with_line_and_column()
    {
        Write("utaf.json", "{\n  \"store\": { \"adress\": \"folder:x\" }\n}");
        var error = await FailAsync("UTAF1011", 2, "list");
        Assert.StartsWith("utaf.json(2,14) : error UTAF1011: ", error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'address'?", error, StringComparison.Ordinal);

        // Help is there all the same, and so are commands that read no file.
        Assert.Contains("--config", await SucceedAsync("list", "--help"), StringComparison.Ordinal);
        await SucceedAsync("init", "--help");
    }

    [Fact]
    public async Task A_configured_model_becomes_a_pair_without_any_option()
    {
        Directory.CreateDirectory(PathOf("release"));
        Write("release/data.csv", RegressionTable());
        Write("release/utaf.json", Configuration(Described("mine", "2.0")));
        var environment = new Dictionary<string, string?> { ["UTAF_CONFIG"] = "release/utaf.json" };

        var made = await RunAsync(environment, "fingerprint");
        Assert.True(made.ExitCode == 0, made.StandardError);

        // The store, the ensemble and the data are the file's, wherever the tool was started.
        Assert.True(Directory.Exists(PathOf("release/pairs/mine/2.0")));
        Assert.True(File.Exists(PathOf("release/ensemble/plan.json")), string.Join('\n', Entries()));
        using var manifest = JsonDocument.Parse((await RunAsync(environment, "inspect", "mine@2.0", "--format", "json")).StandardOutput);
        Assert.Equal("regression", manifest.RootElement.GetProperty("manifest").GetProperty("task").GetString());
        Assert.Equal(12, manifest.RootElement.GetProperty("manifest").GetProperty("examples").GetInt32());
        Assert.Equal(0, (await RunAsync(environment, "evaluate")).ExitCode);
        Assert.Contains("mine@2.0", (await RunAsync(environment, "list")).StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_several_models_is_meant_by_its_name_its_version_or_its_file()
    {
        Write("data.csv", RegressionTable());
        Write("utaf.json", Configuration(Described("a", "1"), Described("a", "2"), Described("b", "1", "mlp-traced.pt")));

        var unnamed = await FailAsync("UTAF1022", 2, "ensemble", "status");
        Assert.Contains("a@1, a@2, b@1", unnamed, StringComparison.Ordinal);
        var twice = await FailAsync("UTAF1022", 2, "ensemble", "status", "a");
        Assert.Contains("a@1, a@2.", twice, StringComparison.Ordinal);
        await SucceedAsync("ensemble", "status", "b");
        await SucceedAsync("ensemble", "status", "a@2");
        await SucceedAsync("ensemble", "status", Fixture("mlp-traced.pt"));

        // A file that is not described has no data.
        await FailAsync("UTAF1000", 2, "ensemble", "status", Fixture("frozen.pt"));
    }

    [Fact]
    public async Task The_command_line_changes_one_thing_of_a_configured_model()
    {
        Write("data.csv", RegressionTable());
        Write("utaf.json", Configuration(Described("mine", "1")));
        Assert.Equal(24, await PlannedAsync());
        Assert.Equal(25, await PlannedAsync("--negatives", Fixture("frozen.pt")));
        Assert.Equal(70, await PlannedAsync("--profile", "standard"));
    }

    [Fact]
    public async Task Without_a_model_or_data_the_missing_one_is_named()
    {
        Assert.Contains("--data is missing", await FailAsync("UTAF1000", 2, "fingerprint", Fixture(Model)), StringComparison.Ordinal);
        Assert.Contains("Give MODEL", await FailAsync("UTAF1022", 2, "fingerprint", "--data", Write("data.csv", RegressionTable())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_named_on_the_command_line_is_not_mixed_with_a_model_of_the_environment()
    {
        Fingerprints.FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        var environment = new Dictionary<string, string?> { ["UTAF_MODEL"] = "other" };
        Assert.Equal(0, (await RunAsync(environment, "evaluate", "--pair", "tiny.utaf")).ExitCode);
        Assert.Contains("UTAF1304", (await RunAsync(environment, "evaluate")).StandardError, StringComparison.Ordinal);
    }

    private static string Configuration(params string[] models) =>
        $$"""
        {
          "models": [{{string.Join(", ", models)}}],
          "ensemble": { "profile": "quick", "epochs": 20, "folder": "ensemble" },
          "fingerprint": { "examples": 12, "weights": [1, 1, 1] }, // fewer than usual
          "store": { "address": "folder:pairs" },
        }
        """;

    private static string Described(string name, string version, string model = Model) =>
        $$"""
        {
          "name": "{{name}}", "version": "{{version}}", "path": "{{Fixture(model)}}", "task": "regression",
          "input": { "shape": [5] },
          "data": { "path": "data.csv", "label": "-1", "header": true, "delimiter": ",", "scale": 1 }
        }
        """;

    private async Task<int> PlannedAsync(params string[] arguments)
    {
        using var plan = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. arguments, "--format", "json"]));
        return plan.RootElement.GetProperty("members").GetArrayLength();
    }

    private Task<string> StoreAsync(params string[] arguments) => StoreAsync(new Dictionary<string, string?>(), arguments);

    private async Task<string> StoreAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var result = await RunAsync(environment, [.. arguments, "--format", "json"]);
        Assert.True(result.ExitCode == 0, result.StandardError);
        using var list = JsonDocument.Parse(result.StandardOutput);
        return list.RootElement.GetProperty("store").GetString()!;
    }
}
