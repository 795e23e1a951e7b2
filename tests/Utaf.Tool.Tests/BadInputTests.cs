using CliWrap;
using CliWrap.Buffered;
using Utaf.Fingerprints;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>Each wrong input is one clear error with its code and exit code, no stack trace, and nothing left behind.</summary>
public sealed class BadInputTests : ToolTest
{
    [Theory]
    [InlineData("nowhere.pt", "UTAF1002")]
    [InlineData("empty.pt", "UTAF1101")]
    [InlineData("not-an-archive.pt", "UTAF1102")]
    [InlineData("truncated.pt", "UTAF1103")]
    [InlineData("state-dict.pt", "UTAF1104")]
    [InlineData("legacy-state-dict.pt", "UTAF1104")]
    [InlineData("whole-module.pt", "UTAF1104")]
    [InlineData("touches-files-from-file.pt", "UTAF1105")]
    [InlineData("touches-files-save.pt", "UTAF1105")]
    [InlineData("touches-files-hidden.pt", "UTAF1105")]
    [InlineData("touches-files-on-load.pt", "UTAF1105")]
    [InlineData("prints.pt", "UTAF1105")]
    [InlineData("two-inputs.pt", "UTAF1106")]
    [InlineData("double-input.pt", "UTAF1106")]
    [InlineData("two-outputs.pt", "UTAF1107")]
    [InlineData("dict-output.pt", "UTAF1107")]
    public async Task A_model_that_cannot_be_used_is_refused_as_target_and_as_suspect(string model, string code)
    {
        var data = Write("data.csv", RegressionTable());
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));

        var error = await FailAsync(code, 2, "fingerprint", Fixture(model), "--data", data, "--task", "regression");
        Assert.StartsWith(Fixture(model), error, StringComparison.Ordinal);
        await FailAsync(code == "UTAF1106" ? "UTAF1602" : code, 2, "verify", Fixture(model), "--pair", "tiny.utaf");
    }

    [Theory]
    [InlineData("frozen.pt", "UTAF1108")]
    [InlineData("nan.pt", "UTAF1403")]
    public async Task A_target_without_parameters_or_with_NaN_outputs_is_refused(string model, string code) =>
        await FailAsync(code, 2, "fingerprint", Fixture(model), "--data", Write("data.csv", RegressionTable()), "--task", "regression");

    [Theory]
    [InlineData("X-Key=env:A", "X-Key=env:B")]
    [InlineData("X-Key=env:A", "x-key=env:B")]
    public async Task A_header_that_is_given_twice_is_refused(params string[] headers)
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        var error = await FailAsync("UTAF1001", 2, ["verify", "http://127.0.0.1:9/", "--pair", "tiny.utaf", .. headers.SelectMany(header => (string[])["--header", header])]);
        Assert.Contains("--header", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_shape_tells_the_expected_one()
    {
        var data = Write("data.csv", ClassTable());
        await FailAsync("UTAF1106", 2, "fingerprint", Fixture("mlp-scripted.pt"), "--data", data, "--task", "regression");
        await FailAsync("UTAF1206", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", data, "--input-shape", "2,3");
        await FailAsync("UTAF1001", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", data, "--image-shape", "4");
        await FailAsync("UTAF1109", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", data, "--last-layer", "head");
        await FailAsync("UTAF2002", 3, "fingerprint", Fixture("classifier-logits.pt"), "--data", data, "--device", "cuda:7");
    }

    [Theory]
    [InlineData("a missing file", null, "UTAF1002", "")]
    [InlineData("an empty file", "", "UTAF1207", "")]
    [InlineData("a word", "1,2,3,4,0\n1,2,tall,4,1\n", "UTAF1201", "data.csv(2) ")]
    [InlineData("NaN", "1,2,3,4,0\n1,2,3,nan,1\n", "UTAF1202", "data.csv(2) ")]
    [InlineData("a short row", "1,2,3,4,0\n1,2,3\n", "UTAF1208", "data.csv(2) ")]
    [InlineData("a label beyond the classes", "1,2,3,4,0\n1,2,3,4,1\n1,2,3,4,7\n", "UTAF1204", "data.csv(3) ")]
    [InlineData("one class", "1,2,3,4,0\n1,2,3,4,0\n", "UTAF1205", "")]
    [InlineData("two rows", "1,2,3,4,0\n1,2,3,4,1\n", "UTAF1209", "")]
    public async Task Data_that_cannot_be_used_is_refused_with_its_row(string what, string? content, string code, string place)
    {
        var data = content is null ? PathOf("data.csv") : Write("data.csv", content);
        var error = await FailAsync(code, 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", data);
        Assert.True(error.Contains(place, StringComparison.Ordinal), $"{what}: {error}");
    }

    [Fact]
    public async Task An_unknown_column_is_told_with_those_that_are_there()
    {
        var error = await FailAsync("UTAF1203", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", Write("data.csv", ClassTable()), "--label", "dose");
        Assert.Contains("x0", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--threads", "0")]
    [InlineData("--examples", "0")]
    [InlineData("--epochs", "0")]
    [InlineData("--threshold", "1.5")]
    [InlineData("--test-fraction", "1")]
    [InlineData("--architectures", "transformer")]
    [InlineData("--scale", "0")]
    public async Task An_option_outside_its_range_is_refused_before_any_work(string option, string value)
    {
        var error = await FailAsync("UTAF1001", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", Write("data.csv", ClassTable()), option, value);
        Assert.Contains($"{option} is '{value}'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder:/proc/utaf", "UTAF1305", 3)]
    [InlineData("folder:data.csv/store", "UTAF1305", 3)]
    [InlineData("s3://bucket", "UTAF1306", 2)]
    public async Task A_store_that_cannot_be_written_is_refused_before_any_work(string store, string code, int exitCode) =>
        await FailAsync(code, exitCode, "fingerprint", Fixture("classifier-logits.pt"), "--data", Write("data.csv", ClassTable()), "--store", store);

    [Fact]
    public async Task Names_that_no_store_takes_are_refused_before_any_work() =>
        await FailAsync("UTAF1307", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", Write("data.csv", ClassTable()), "--name", "../secret");

    [Fact]
    public async Task A_stack_trace_comes_only_with_diagnostic_verbosity()
    {
        var result = await RunAsync("verify", "nowhere.pt", "--pair", "nowhere.utaf", "--verbosity", "diag");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("   at ", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_memory_is_told_as_such()
    {
        Write("data.csv", string.Concat(Enumerable.Repeat("1,2,3,4,5,6\n", 400_000)));
        var small = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "0x1000000" };
        var result = await RunAsync(small, "ensemble", "plan", Fixture("mlp-scripted.pt"), "--data", "data.csv", "--task", "regression");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains(" : error UTAF2003: ", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_output_is_told_as_such()
    {
        var result = await Cli.Wrap("/bin/sh").WithArguments(["-c", "dotnet \"$0\" list > /dev/full", Tool])
            .WithWorkingDirectory(Folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("standard output : error UTAF1309: ", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ensemble_folder_of_another_plan_is_refused()
    {
        string[] command = ["ensemble", "build", Fixture("mlp-scripted.pt"), "--data", Write("data.csv", RegressionTable(40)), "--task", "regression", "--profile", "quick", "--epochs", "1", "--ensemble", "ensemble"];
        await SucceedAsync(command);
        await FailAsync("UTAF1401", 2, [.. command, "--seed", "1"]);
    }
}
