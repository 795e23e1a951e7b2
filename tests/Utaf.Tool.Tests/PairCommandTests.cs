using System.Text.Json;
using Utaf.Fingerprints;
using Utaf.Tests;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>What is done with a pair that exists: inspect, list, evaluate, verify.</summary>
public sealed class PairCommandTests : ToolTest
{
    private readonly string pair;
    private readonly string sha256;

    public PairCommandTests()
    {
        pair = PathOf("tiny.utaf");
        sha256 = FingerprintPairFile.Write(TinyPair.Make(), pair);
    }

    [Fact]
    public async Task Inspect_shows_the_manifest_and_no_tensor()
    {
        var text = await SucceedAsync("inspect", pair);
        Assert.Contains("tiny 1.2.3", text, StringComparison.Ordinal);
        Assert.Contains(sha256, text, StringComparison.Ordinal);
        Assert.Contains("A note [for] the reader.", text, StringComparison.Ordinal);

        using var json = JsonDocument.Parse(await SucceedAsync("inspect", pair, "--format", "json"));
        Assert.Equal("tiny", json.RootElement.GetProperty("manifest").GetProperty("model").GetProperty("name").GetString());
        Assert.Equal(["sha256", "place", "manifest"], json.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Inspect_says_what_the_meta_verifier_reads()
    {
        (FingerprintPair Pair, string Expected)[] all =
        [
            (SamplePairs.OfLogarithms(standardised: false), "as probabilities, read as logarithms\n"),
            (SamplePairs.OfLogarithms(standardised: true), "as probabilities, read as logarithms by each model's own mean and deviation\n"),
            (SamplePairs.OfInnerProducts(), "as they are, read as inner products of each two\n"),
        ];
        foreach (var (read, expected) in all)
        {
            FingerprintPairFile.Write(read, PathOf("read.utaf"));

            Assert.Contains(expected, (await SucceedAsync("inspect", "read.utaf")).Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_lists_its_pairs_and_names_find_them()
    {
        await PutAsync();
        var text = await SucceedAsync("list");
        Assert.Contains("tiny@1.2.3", text, StringComparison.Ordinal);

        using var json = JsonDocument.Parse(await SucceedAsync("list", "--format", "json", "--model", "tiny"));
        Assert.Equal(sha256, json.RootElement.GetProperty("pairs")[0].GetProperty("sha256").GetString());
        foreach (var name in (string[])["tiny", "tiny@1.2.3", $"tiny@{sha256[..8]}"])
        {
            Assert.Contains(sha256, await SucceedAsync("inspect", name), StringComparison.Ordinal);
        }

        var error = await FailAsync("UTAF1304", 2, "inspect", "tiny@9.9.9");
        Assert.Contains("dotnet utaf list", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"formatVersion":99}""", "of a newer utaf (format 99): update the tool", 99)]
    [InlineData("{", "manifest missing or damaged", null)]
    public async Task A_list_tells_why_a_pair_has_no_manifest(string found, string expected, int? newer)
    {
        await PutAsync();
        await File.WriteAllTextAsync(PathOf($".utaf/store/tiny/1.2.3/{sha256}.json"), found, TestContext.Current.CancellationToken);

        Assert.Contains(expected, await SucceedAsync("list"), StringComparison.Ordinal);

        using var json = JsonDocument.Parse(await SucceedAsync("list", "--format", "json"));
        var listed = json.RootElement.GetProperty("pairs")[0];
        Assert.False(listed.TryGetProperty("manifest", out _));
        Assert.Equal(newer, listed.TryGetProperty("newerFormat", out var version) ? version.GetInt32() : null);
    }

    [Fact]
    public async Task Evaluate_tells_robustness_and_uniqueness_by_family()
    {
        using var json = JsonDocument.Parse(await SucceedAsync("evaluate", "--pair", pair, "--format", "json"));
        var root = json.RootElement;

        // By hand: 3 of 4 stolen models are above 0.4, no honest one is; 0.3 beats every honest one.
        Assert.Equal(0.75, root.GetProperty("robustness").GetDouble());
        Assert.Equal(1, root.GetProperty("uniqueness").GetDouble());
        Assert.Equal(1, root.GetProperty("auc").GetDouble());
        Assert.Equal(1, root.GetProperty("robustnessAtUniquenessOne").GetDouble());
        var distillation = root.GetProperty("families").EnumerateArray().Single(family => family.GetProperty("family").GetString() == "distillation");
        Assert.Equal(0.5, distillation.GetProperty("right").GetDouble());
        Assert.Equal(0.625, distillation.GetProperty("mean").GetDouble(), 1e-12);

        var text = await SucceedAsync("evaluate", "--pair", pair);
        Assert.Contains("weight-pruning", text, StringComparison.Ordinal);
        Assert.Contains("all honest", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("png", new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' })]
    [InlineData("svg", new[] { (byte)'<' })]
    public async Task Evaluate_draws_both_curves(string format, byte[] start)
    {
        await SucceedAsync("evaluate", "--pair", pair, "--plots", "plots", "--plot-format", format);
        var pictures = Directory.GetFiles(PathOf("plots"));
        Assert.Equal(2, pictures.Length);
        Assert.All(pictures, picture => Assert.Equal(start, File.ReadAllBytes(picture)[..start.Length]));
    }

    [Fact]
    public async Task The_document_goes_to_a_file_when_asked()
    {
        Assert.Empty(await SucceedAsync("inspect", pair, "--output", "out/manifest.json", "--format", "json"));
        using var json = JsonDocument.Parse(File.ReadAllText(PathOf("out/manifest.json")));
        Assert.Equal(sha256, json.RootElement.GetProperty("sha256").GetString());

        // /proc takes no files, not even from root.
        await FailAsync("UTAF1309", 3, "inspect", pair, "--output", "/proc/manifest.json");
    }

    [Fact]
    public async Task The_exit_code_of_verify_is_the_verdict()
    {
        // Zero weights score 0.5, whatever the suspect: above 0.4, not above 0.6.
        var suspicious = await RunAsync("verify", Fixture("mlp-scripted.pt"), "--pair", pair);
        Assert.Equal(1, suspicious.ExitCode);
        Assert.Contains("piracy suspected", suspicious.StandardOutput, StringComparison.Ordinal);

        FingerprintPairFile.Write(TinyPair.Make(threshold: 0.6), PathOf("strict.utaf"));
        Assert.Contains("no piracy suspected", await SucceedAsync("verify", Fixture("mlp-traced.pt"), "--pair", "strict.utaf"), StringComparison.Ordinal);

        // Three held-out honest models give no p-value below 1/4.
        var asked = await RunAsync("verify", Fixture("mlp-scripted.pt"), "--pair", pair, "--significance", "0.01", "--format", "json");
        Assert.Equal(4, asked.ExitCode);
        using var json = JsonDocument.Parse(asked.StandardOutput);
        Assert.Equal("inconclusive", json.RootElement.GetProperty("findings")[0].GetProperty("decision").GetString());
    }

    [Fact]
    public async Task A_suspect_of_another_task_is_an_error_that_says_so()
    {
        FingerprintPairFile.Write(TinyPair.Make(outputs: 2), PathOf("wide.utaf"));
        await FailAsync("UTAF1601", 2, "verify", Fixture("mlp-scripted.pt"), "--pair", "wide.utaf");
        await FailAsync("UTAF1602", 2, "verify", Fixture("classifier-logits.pt"), "--pair", pair);
        await FailAsync("UTAF1603", 4, "verify", Fixture("nan.pt"), "--pair", pair);
        await FailAsync("UTAF1001", 2, "verify", Fixture("mlp-scripted.pt"), "--pair", pair, "--significance", "2");
    }

    [Fact]
    public async Task A_damaged_pair_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(pair, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(PathOf("short.utaf"), bytes[..^20], TestContext.Current.CancellationToken);
        await FailAsync("UTAF1301", 2, "verify", Fixture("mlp-scripted.pt"), "--pair", "short.utaf");
        await FailAsync("UTAF1002", 2, "inspect", "nowhere.utaf");

        await PutAsync();
        var stored = Directory.GetFiles(PathOf(".utaf/store/tiny/1.2.3"), "*.utaf").Single();
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes, TestContext.Current.CancellationToken);
        var error = await FailAsync("UTAF1302", 2, "verify", Fixture("mlp-scripted.pt"), "--model", "tiny");
        Assert.Contains(sha256, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_tells_what_was_loaded_and_what_is_missing()
    {
        using var json = JsonDocument.Parse(await SucceedAsync("doctor", "--format", "json"));
        var torch = json.RootElement.GetProperty("torch");
        Assert.True(File.Exists(torch.GetProperty("library").GetString()));
        Assert.Contains("cpu", torch.GetProperty("devices").EnumerateArray().Select(device => device.GetString()));

        var noDevice = await RunAsync("doctor", "--device", "cuda:7");
        Assert.Equal(3, noDevice.ExitCode);
        Assert.Contains("Library", noDevice.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("UTAF2002", noDevice.StandardOutput, StringComparison.Ordinal);

        var ill = await RunAsync(new Dictionary<string, string?> { ["UTAF_CACHE"] = "/proc/utaf" }, "doctor", "--store", "folder:/proc/store");
        Assert.Equal(3, ill.ExitCode);
        Assert.Contains("/proc/store", ill.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("cannot be written", ill.StandardOutput, StringComparison.Ordinal);
    }

    private async Task PutAsync() => await Stores.FingerprintStores.Open($"folder:{PathOf(".utaf/store")}")
        .PutAsync(await File.ReadAllBytesAsync(pair, TestContext.Current.CancellationToken), null, TestContext.Current.CancellationToken);
}
