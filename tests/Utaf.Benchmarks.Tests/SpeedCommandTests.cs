using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Utaf.Benchmarks.Speed;
using Utaf.Benchmarks.Speed.Work;
using Utaf.Fingerprints;
using Utaf.Tests;
using Utaf.Verification;

namespace Utaf.Benchmarks.Tests;

public sealed class SpeedCommandTests
{
    [Theory]
    [InlineData("UTAF1001", "--only nothing")]
    [InlineData("UTAF1001", "--only growth --repeats 0")]
    [InlineData("UTAF1001", "--only ensemble")]
    [InlineData("UTAF1001", "--only iteration-auc")]
    [InlineData("UTAF1002", "--only construct --data /nowhere")]
    [InlineData("UTAF1002", "--only iteration-auc --images /nowhere/images.gz")]
    [InlineData("UTAF1002", "--only start --tool /nowhere/dotnet-utaf")]
    [InlineData("UTAF1000", "--onyl growth")]
    public void A_wrong_option_or_a_missing_file_is_told_with_exit_code_2(string code, string options)
    {
        using var error = new StringWriter();

        var exitCode = Application.Run(new RootCommand { SpeedCommand.Make() }, ["speed", .. options.Split(' ')], TextWriter.Null, error);

        Assert.Equal(2, exitCode);
        Assert.Contains($"error {code}:", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "#!/bin/sh\nexit 0\n")]
    [InlineData(true, "not a program")]
    [InlineData(true, "#!/nowhere/sh\n")]
    public void A_tool_that_cannot_be_started_is_told_with_exit_code_2(bool executable, string content)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows goes by the name's ending.");
            return;
        }

        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        var tool = folder.File("dotnet-utaf");
        File.WriteAllText(tool, content);
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | (executable ? UnixFileMode.UserExecute : UnixFileMode.None));

        var exitCode = Application.Run(
            new RootCommand { SpeedCommand.Make() }, ["speed", "--only", "start", "--repeats", "1", "--tool", tool, "--run", folder.File("run")], TextWriter.Null, error);

        Assert.Equal(2, exitCode);
        Assert.Contains("error UTAF1001: --tool is", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(tool, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_PyTorch_its_rows_are_left_out_and_that_is_said()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await RunAsync(folder, "training", "/nowhere/python3");

        Assert.Equal(0, exitCode);
        Assert.Contains("left out: training: /nowhere/python3 cannot be started", output, StringComparison.Ordinal);
        Assert.Contains("PYTHON", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Growth_is_measured_and_drawn_without_data_or_PyTorch()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await RunAsync(folder, "growth", "/nowhere/python3");

        Assert.Equal(0, exitCode);
        Assert.Contains("| growth: Stage 2 over N, exponent |", output, StringComparison.Ordinal);
        Assert.All((string[])["ensemble", "construct", "inputs"], curve => Assert.True(File.Exists(folder.File($"run/growth-{curve}.svg"))));
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.File("run/speed.json"), TestContext.Current.CancellationToken));
        Assert.Equal(3, document.RootElement.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task The_sample_pair_and_the_loopback_API_make_a_whole_verification()
    {
        using var folder = new TemporaryFolder();
        using var api = new LoopbackApi();
        using var client = new HttpClient();
        var pair = SamplePair.Make();
        FingerprintPairFile.Write(pair, folder.File("sample.utaf"));
        var body = $$"""{"id":"7","inputs":[{"name":"input0","datatype":"FP32","shape":[100,31],"data":[]}]}""";

        using var answer = await client.PostAsync(new Uri($"{api.Address}/infer"), new StringContent(body), TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var answers = document.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(number => new[] { number.GetSingle() });
        var suspect = new AnsweredSuspect("sample", new SuspectOutputs(1, [.. answers]));

        Assert.Equal("7", document.RootElement.GetProperty("id").GetString());
        Assert.True(VerificationClock.Time(folder.File("sample.utaf"), [(suspect, true), (suspect, false)]) > 0);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(TemporaryFolder folder, string only, string python)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Utaf.Benchmarks.exe" : "Utaf.Benchmarks");
        string[] arguments = ["speed", "--only", only, "--quick", "--repeats", "1", "--work", folder.File("work"), "--run", folder.File("run")];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PYTHON"] = python } })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(await error);
        return (process.ExitCode, output);
    }
}
