using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>What every store promises, on a folder.</summary>
public sealed class FolderStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly Clock clock = new(Noon);
    private readonly FolderStore store;

    public FolderStoreTests() => store = new FolderStore(folder.File("store"), clock);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_pair_that_was_put_is_got_back_bit_for_bit()
    {
        var bytes = SamplePairs.Bytes();

        var stored = await store.PutAsync(bytes, Cancellation);

        Assert.True(stored.Added);
        Assert.Equal(("digits", "1.2.0", FingerprintPairFile.Sha256(bytes)), (stored.Model, stored.Version, stored.Sha256));
        Assert.Equal(bytes, await store.GetAsync(stored, Cancellation));
    }

    [Fact]
    public async Task The_layout_is_model_version_digest()
    {
        var bytes = SamplePairs.Bytes();
        var digest = FingerprintPairFile.Sha256(bytes);

        await store.PutAsync(bytes, Cancellation);

        Assert.Equal([$"digits/1.2.0/{digest}.json", $"digits/1.2.0/{digest}.utaf"], Files());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.File($"store/digits/1.2.0/{digest}.utaf"), Cancellation));
    }

    [Fact]
    public async Task The_public_manifest_is_the_pairs_own_with_the_time_of_the_put()
    {
        var stored = await store.PutAsync(SamplePairs.Bytes(), Cancellation);

        var json = await File.ReadAllTextAsync(folder.File($"store/digits/1.2.0/{stored.Sha256}.json"), Cancellation);
        var own = FingerprintPairFile.Deserialise(SamplePairs.Bytes(), "test").Manifest;
        Assert.Equal((own with { CreatedUtc = Noon }).ToJson() + "\n", json);
        Assert.Equal(Noon, stored.Manifest!.CreatedUtc);
        Assert.Null(own.CreatedUtc);
    }

    [Fact]
    public async Task A_second_put_of_the_same_bytes_succeeds_and_changes_nothing()
    {
        var first = await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        var before = Contents();
        clock.Now = Noon.AddDays(1);

        var second = await store.PutAsync(SamplePairs.Bytes(), Cancellation);

        Assert.False(second.Added);
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal(Noon, second.Manifest!.CreatedUtc);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Concurrent_writers_of_the_same_pair_all_succeed_and_leave_one()
    {
        var bytes = SamplePairs.Bytes();

        var puts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(
            () => new FolderStore(folder.File("store"), clock).PutAsync(bytes, Cancellation), Cancellation)));

        Assert.Contains(puts, put => put.Added);
        Assert.All(puts, put => Assert.Equal(FingerprintPairFile.Sha256(bytes), put.Sha256));
        Assert.Equal(2, Files().Length);
        Assert.Equal(bytes, await store.GetAsync(puts[0], Cancellation));
    }

    [Fact]
    public async Task Concurrent_writers_of_different_pairs_leave_all_of_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(seed => Task.Run(
            () => store.PutAsync(SamplePairs.Bytes(seed: (ulong)seed), Cancellation), Cancellation)));

        Assert.Equal(32, (await ListAsync()).Length);
        Assert.Equal(64, Files().Length);
    }

    [Fact]
    public async Task The_list_is_sorted_and_can_be_narrowed()
    {
        foreach (var (model, version) in new[] { ("b", "1"), ("a", "2"), ("a", "10"), ("a.b", "1") })
        {
            await store.PutAsync(SamplePairs.Bytes(model, version), Cancellation);
        }

        Assert.Equal(["a 10", "a 2", "a.b 1", "b 1"], await ListAsync());
        Assert.Equal(["a 10", "a 2"], await ListAsync("a"));
        Assert.Equal(["a 2"], await ListAsync("a", "2"));
        Assert.Equal(["a.b 1", "b 1"], await ListAsync(version: "1"));
        Assert.Empty(await ListAsync("c"));
    }

    [Fact]
    public async Task Leftovers_of_interrupted_puts_and_foreign_files_are_not_listed()
    {
        await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        foreach (var name in new[]
        {
            "digits/1.2.0/.utaf-0123456789abcdef.tmp", "digits/1.2.0/notes.utaf", "digits/README.md", ".git/1/" + new string('0', 64) + ".utaf",
        })
        {
            var path = folder.File("store/" + name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "x", Cancellation);
        }

        Assert.Equal(["digits 1.2.0"], await ListAsync());
    }

    [Fact]
    public async Task A_store_that_does_not_exist_yet_is_empty()
    {
        Assert.Empty(await ListAsync());
        Assert.Empty(await ListAsync("digits", "1.2.0"));
        Assert.False(Directory.Exists(folder.File("store")));
    }

    [Fact]
    public async Task A_damaged_or_missing_public_manifest_does_not_hide_the_pair()
    {
        var stored = await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        var manifest = folder.File($"store/digits/1.2.0/{stored.Sha256}.json");

        await File.WriteAllTextAsync(manifest, "{", Cancellation);
        Assert.Null((await PairsAsync())[0].Manifest);

        File.Delete(manifest);
        Assert.Null((await PairsAsync())[0].Manifest);

        await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        Assert.NotNull((await PairsAsync())[0].Manifest);
    }

    [Fact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(SamplePairs.Bytes(), source.Token));

        Assert.False(Directory.Exists(folder.File("store")));
    }

    private string[] Files() =>
        [.. Directory.GetFiles(folder.File("store"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder.File("store"), path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private string[] Contents() =>
        [.. Files().Select(name => FingerprintPairFile.Sha256(File.ReadAllBytes(folder.File("store/" + name))))];

    private async Task<List<StoredPair>> PairsAsync(string? model = null, string? version = null) =>
        await store.ListAsync(model, version, Cancellation).ToListAsync(Cancellation);

    private async Task<string[]> ListAsync(string? model = null, string? version = null) =>
        [.. (await PairsAsync(model, version)).Select(pair => $"{pair.Model} {pair.Version}")];

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
