using System.Diagnostics;
using System.Text;
using Utaf.Fingerprints;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

public sealed class HelpTests : ToolTest
{
    [Fact]
    public async Task Help_lists_every_command_on_standard_output()
    {
        var help = await SucceedAsync("--help");
        foreach (var command in (string[])["fingerprint", "verify", "watch", "serve", "evaluate", "ensemble", "inspect", "list", "push", "pull", "demo", "doctor"])
        {
            Assert.Contains($"  {command}", help, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("fingerprint", "--data")]
    [InlineData("verify", "--significance")]
    [InlineData("evaluate", "--plots")]
    [InlineData("push", "--from")]
    [InlineData("pull", "--output-pair")]
    [InlineData("ensemble build", "--profile")]
    [InlineData("demo", "--keep")]
    [InlineData("serve", "--input-shape")]
    public async Task Each_command_has_help_with_its_options_and_the_common_ones(string command, string option)
    {
        var help = await SucceedAsync([.. command.Split(' '), "--help"]);
        Assert.Contains(option, help, StringComparison.Ordinal);
        Assert.Contains("--verbosity", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no command", "")]
    [InlineData("an unknown command", "fingreprint")]
    [InlineData("a missing argument", "verify")]
    [InlineData("a missing option", "fingerprint model.pt")]
    [InlineData("an unknown option", "list --colour red")]
    [InlineData("no number", "list --seed twelve")]
    [InlineData("no known word", "list --format yaml")]
    [InlineData("two pairs", "verify a.pt --pair b.utaf --model c")]
    public async Task A_wrong_command_line_is_a_usage_error_that_points_to_the_help(string what, string arguments)
    {
        var error = await FailAsync("UTAF1000", 2, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(error.EndsWith("--help.", StringComparison.Ordinal), $"{what}: {error}");
    }

    [Fact]
    public async Task Help_answers_in_less_than_four_tenths_of_a_second()
    {
        // The best of some: other work on the machine must not fail the test.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            await SucceedAsync("--help");
            best = clock.Elapsed < best ? clock.Elapsed : best;
        }

        Assert.True(best < TimeSpan.FromSeconds(0.4), $"{best.TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task Commands_without_tensors_load_neither_torch_nor_the_trusted_side()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));

        Assert.Empty(await TorchLoadedByAsync("--help"));
        Assert.Empty(await TorchLoadedByAsync("fingreprint"));
        Assert.Empty(await TorchLoadedByAsync("inspect", "tiny.utaf"));
        Assert.Empty(await TorchLoadedByAsync("list"));
        Assert.Empty(await TorchLoadedByAsync("evaluate", "--pair", "tiny.utaf"));

        // The same look finds them where they are.
        Assert.Equal(["TorchSharp", "Utaf.Construction"], await TorchLoadedByAsync("doctor"));
    }

    [Fact]
    public async Task A_command_loads_of_Azure_only_what_its_store_needs()
    {
        string[] azure = ["Azure.Storage.Blobs", "Microsoft.Identity.Client"];
        var environment = new Dictionary<string, string?>
        {
            ["STORE_SAS"] = "sv=2024-11-04&sp=rl&sig=abc",
            ["AZURE_TOKEN_CREDENTIALS"] = "EnvironmentCredential",
        };

        Assert.Empty(await LoadedByAsync(azure, environment, "list"));
        Assert.Equal(
            ["Azure.Storage.Blobs"], await LoadedByAsync(azure, environment, "list", "--store", "azblob://account/container?sas=STORE_SAS&endpoint=http://127.0.0.1:9"));
        Assert.Equal(azure, await LoadedByAsync(azure, environment, "list", "--store", "azblob://account/container?endpoint=https://127.0.0.1:9"));
    }

    private Task<string[]> TorchLoadedByAsync(params string[] arguments) =>
        LoadedByAsync(["TorchSharp", "Utaf.Construction"], new Dictionary<string, string?>(), arguments);

    /// <summary>Which of some assemblies the runtime loaded, by its own trace of loading.</summary>
    private async Task<string[]> LoadedByAsync(string[] assemblies, IReadOnlyDictionary<string, string?> more, params string[] arguments)
    {
        var trace = PathOf($"{Guid.NewGuid():N}.nettrace");
        var environment = new Dictionary<string, string?>(more)
        {
            ["DOTNET_EnableEventPipe"] = "1",
            ["DOTNET_EventPipeConfig"] = "Microsoft-Windows-DotNETRuntime:8:5",
            ["DOTNET_EventPipeOutputPath"] = trace,
        };
        await RunAsync(environment, arguments);
        var names = Encoding.Unicode.GetString(await File.ReadAllBytesAsync(trace, TestContext.Current.CancellationToken));
        var shifted = Encoding.Unicode.GetString((await File.ReadAllBytesAsync(trace, TestContext.Current.CancellationToken)).AsSpan(1));
        Assert.True(Holds("System.CommandLine"), "the trace names no loaded assembly");
        return [.. assemblies.Where(Holds)];

        bool Holds(string name) => names.Contains($"{name},", StringComparison.Ordinal) || shifted.Contains($"{name},", StringComparison.Ordinal);
    }
}
