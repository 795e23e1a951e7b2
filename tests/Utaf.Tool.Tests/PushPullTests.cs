using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Utaf.Fingerprints;
using Utaf.Pipeline.Tests.Stores;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>Pairs on their way between files and stores.</summary>
public sealed class PushPullTests(Azurite azurite) : ToolTest, IClassFixture<Azurite>
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_goes_up_with_its_commitment_and_comes_back_as_it_was()
    {
        var sha256 = FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        Write("tiny.intoto.json", "{\"a\": 1}");

        var text = await SucceedAsync("push", "tiny.utaf", "--store", "folder:shared");
        Assert.Contains("tiny@1.2.3", text, StringComparison.Ordinal);
        Assert.Contains("added", text, StringComparison.Ordinal);
        Assert.Contains("was there already", await SucceedAsync("push", "tiny.utaf", "--store", "folder:shared"), StringComparison.Ordinal);

        using var json = JsonDocument.Parse(
            await SucceedAsync("pull", "tiny", "--store", "folder:shared", "--output-pair", "back/tiny.utaf", "--format", "json"));
        Assert.Equal(sha256, json.RootElement.GetProperty("pairs")[0].GetProperty("sha256").GetString());
        Assert.Equal(await File.ReadAllBytesAsync(PathOf("tiny.utaf"), Cancellation), await File.ReadAllBytesAsync(PathOf("back/tiny.utaf"), Cancellation));
        Assert.Equal("{\"a\": 1}", await File.ReadAllTextAsync(PathOf("back/tiny.intoto.json"), Cancellation));
    }

    [Fact]
    public async Task Stores_are_copied_whole_or_by_model_and_version()
    {
        foreach (var (model, version) in new[] { ("a", "1"), ("a", "2"), ("b", "1") })
        {
            WritePair($"{model}{version}.utaf", model, version);
        }

        await SucceedAsync("push", "a1.utaf", "a2.utaf", "b1.utaf", "--store", "folder:.utaf/store");

        Assert.Equal(["a@1", "a@2", "b@1"], await PairsAsync("push", "--store", "folder:all"));
        Assert.Equal(["a@1", "a@2"], await PairsAsync("push", "--from", "folder:all", "--model", "a", "--store", "folder:some"));
        Assert.Equal(["a@2"], await PairsAsync("pull", "a@2", "--store", "folder:some", "--to", "folder:one"));
        Assert.Equal(["a@2"], await PairsAsync("list", "--store", "folder:one"));
        Assert.Equal(["a@1", "b@1"], await PairsAsync("list", "--version", "1"));
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_before_anything_is_written()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        Write("none.utaf", "x");

        await FailAsync("UTAF1301", 2, "push", "tiny.utaf", "none.utaf", "--store", "folder:shared");
        await FailAsync("UTAF1002", 2, "push", "tiny.utaf", "nowhere.utaf", "--store", "folder:shared");
        await FailAsync("UTAF1000", 2, "push", "tiny.utaf", "--from", "folder:other", "--store", "folder:shared");
        await FailAsync("UTAF1001", 2, "push");
        await FailAsync("UTAF1001", 2, "pull", "tiny");
        await FailAsync("UTAF1000", 2, "pull", "tiny", "--to", "folder:a", "--output-pair", "b.utaf", "--store", "folder:shared");
        await FailAsync("UTAF1304", 2, "pull", "tiny@9", "--store", "folder:shared");
        await FailAsync("UTAF1304", 2, "push", "--store", "folder:shared");
        await FailAsync("UTAF1306", 2, "list", "--store", "s3://bucket");
        await FailAsync("UTAF1314", 2, "list", "--store", "azblob://account");
        await FailAsync("UTAF1012", 3, "list", "--store", "azblob://account/container?sas=NOT_SET");
    }

    [Fact]
    public async Task A_key_is_named_and_never_given()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));

        var error = await FailAsync("UTAF1000", 2, "push", "tiny.utaf", "--store", "folder:shared", "--encryption-key", Key);

        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_pair_is_listed_without_the_key_and_read_with_it()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        var keyed = new Dictionary<string, string?> { ["UTAF_STORE_KEY"] = Key };
        Assert.Equal(0, (await RunAsync(keyed, "push", "tiny.utaf", "--store", "folder:shared")).ExitCode);

        using var json = JsonDocument.Parse(await SucceedAsync("list", "--store", "folder:shared", "--format", "json"));
        var keyId = json.RootElement.GetProperty("pairs")[0].GetProperty("manifest").GetProperty("encryption").GetProperty("keyId").GetString()!;
        Assert.Contains(keyId, await SucceedAsync("list", "--store", "folder:shared"), StringComparison.Ordinal);

        var error = await FailAsync("UTAF1311", 2, "inspect", "tiny", "--store", "folder:shared");
        Assert.Contains(keyId, error, StringComparison.Ordinal);
        var named = new Dictionary<string, string?> { ["OTHER_NAME"] = Key };
        Assert.Equal(0, (await RunAsync(named, "inspect", "tiny", "--store", "folder:shared", "--encryption-key", "env:OTHER_NAME")).ExitCode);
    }

    [Fact]
    public async Task A_push_that_is_killed_at_any_moment_shows_no_half_pair_and_the_next_one_completes_it()
    {
        // 50 MB, so that there is time to die in.
        var sha256 = FingerprintPairFile.Write(TinyPair.Make(inputs: 3_200_000), PathOf("big.utaf"));
        var service = await azurite.PlainAsync();
        var container = azurite.Container(service, "killed");
        await container.CreateAsync(cancellationToken: Cancellation);
        var environment = new Dictionary<string, string?> { ["STORE"] = Azurite.Connection(service) };
        var exits = new List<int>();

        foreach (var milliseconds in (int[])[150, 400, 600, 800, 1100])
        {
            foreach (var store in (string[])[$"folder:{milliseconds}", $"azblob:?connection=STORE&container=killed&prefix=p{milliseconds}"])
            {
                using (var tool = new RunningTool(Tool, Folder, environment, "push", "big.utaf", "--store", store))
                {
                    exits.Add(await tool.KillAfterAsync(TimeSpan.FromMilliseconds(milliseconds)));
                }

                // Either nothing, or all of it: what is listed can be fetched, and its digest is right.
                var listed = JsonDocument.Parse((await RunAsync(environment!, "list", "--store", store, "--format", "json")).StandardOutput);
                if (listed.RootElement.GetProperty("pairs").GetArrayLength() > 0)
                {
                    Assert.Equal(0, (await RunAsync(environment!, "pull", "tiny", "--store", store, "--output-pair", "fetched.utaf")).ExitCode);
                }

                var again = await RunAsync(environment!, "push", "big.utaf", "--store", store);
                Assert.True(again.ExitCode == 0, again.StandardError);
                Assert.Equal(0, (await RunAsync(environment!, "inspect", "tiny", "--store", store)).ExitCode);
                Assert.Equal([$"tiny/1.2.3/{sha256}.json", $"tiny/1.2.3/{sha256}.utaf"], await FilesAsync(container, milliseconds, store));
            }
        }

        Assert.Contains(137, exits);
    }

    private async Task<string[]> FilesAsync(BlobContainerClient container, int run, string store)
    {
        if (store.StartsWith("folder:", StringComparison.Ordinal))
        {
            // A killed put's temporary file stays for a day: its name is no pair's.
            return [.. Directory.GetFiles(PathOf($"{run}"), "*", SearchOption.AllDirectories)
                .Where(path => !AtomicFile.IsTemporary(path))
                .Select(path => Path.GetRelativePath(PathOf($"{run}"), path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal)];
        }

        var names = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = $"p{run}/" }, Cancellation))
        {
            names.Add(blob.Name[$"p{run}/".Length..]);
        }

        return [.. names];
    }

    private void WritePair(string file, string model, string version)
    {
        var pair = TinyPair.Make();
        var manifest = pair.Manifest with { Model = pair.Manifest.Model with { Name = model, Version = version } };
        FingerprintPairFile.Write(pair with { Manifest = manifest }, PathOf(file));
    }

    /// <summary>NAME@VERSION of each pair in a command's document.</summary>
    private async Task<string[]> PairsAsync(params string[] command)
    {
        using var json = JsonDocument.Parse(await SucceedAsync([.. command, "--format", "json"]));
        return
        [
            .. json.RootElement.GetProperty("pairs").EnumerateArray().Select(pair => pair.TryGetProperty("manifest", out var manifest)
                ? $"{manifest.GetProperty("model").GetProperty("name")}@{manifest.GetProperty("model").GetProperty("version")}"
                : $"{pair.GetProperty("model")}@{pair.GetProperty("version")}"),
        ];
    }
}
