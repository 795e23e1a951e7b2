using System.Text;
using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>What every store promises, whatever its storage, with and without encryption.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly Clock clock = new(Noon);
    private IStorageUnderTest storage = null!;
    private IFingerprintStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The key in base64; null: no encryption.</summary>
    protected virtual string? Key => null;

    protected abstract Task<IStorageUnderTest> MakeAsync();

    public async ValueTask InitializeAsync()
    {
        storage = await MakeAsync();
        store = storage.Open(clock, Key);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (storage is not null)
        {
            await storage.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_pair_that_was_put_is_got_back_bit_for_bit()
    {
        var bytes = SamplePairs.Bytes();

        var stored = await PutAsync(bytes);

        Assert.True(stored.Added);
        Assert.Equal(("digits", "1.2.0", FingerprintPairFile.Sha256(bytes)), (stored.Model, stored.Version, stored.Sha256));
        Assert.Equal(bytes, await store.GetAsync(stored, Cancellation));
    }

    [Fact]
    public async Task Finding_out_whether_it_can_be_written_leaves_nothing_in_it()
    {
        await store.RequireWritableAsync(Cancellation);
        Assert.Empty(await storage.FilesAsync());

        await PutAsync(SamplePairs.Bytes());
        var before = await storage.FilesAsync();
        await store.RequireWritableAsync(Cancellation);
        Assert.Equal(before.Keys.Order(), (await storage.FilesAsync()).Keys.Order());
    }

    [Fact]
    public async Task The_layout_is_model_version_digest()
    {
        var digest = FingerprintPairFile.Sha256(SamplePairs.Bytes());

        await store.PutAsync(SamplePairs.Bytes(), "{}"u8.ToArray(), Cancellation);

        var files = await storage.FilesAsync();
        Assert.Equal(
            [$"digits/1.2.0/{digest}.intoto.json", $"digits/1.2.0/{digest}.json", $"digits/1.2.0/{digest}.utaf"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Key is null, files[$"digits/1.2.0/{digest}.utaf"].SequenceEqual(SamplePairs.Bytes()));
    }

    [Fact]
    public async Task The_public_manifest_is_the_pairs_own_with_the_time_of_the_put_and_the_encryption()
    {
        var stored = await PutAsync(SamplePairs.Bytes());

        var files = await storage.FilesAsync();
        var json = Encoding.UTF8.GetString(files[$"digits/1.2.0/{stored.Sha256}.json"]);
        var own = FingerprintPairFile.Deserialise(SamplePairs.Bytes(), "test").Manifest;
        Assert.Equal((own with { CreatedUtc = Noon, Encryption = stored.Manifest!.Encryption }).ToJson() + "\n", json);
        Assert.Null(own.CreatedUtc);
        Assert.Equal(Key is null, stored.Manifest.Encryption is null);
        Assert.Equal(
            FingerprintPairFile.Sha256(files[$"digits/1.2.0/{stored.Sha256}.utaf"]),
            stored.Manifest.Encryption?.StoredSha256 ?? stored.Sha256);
    }

    [Fact]
    public async Task A_second_put_of_the_same_bytes_succeeds_and_changes_nothing()
    {
        var first = await PutAsync(SamplePairs.Bytes());
        var before = await storage.FilesAsync();
        clock.Now = Noon.AddDays(1);

        var second = await PutAsync(SamplePairs.Bytes());

        Assert.False(second.Added);
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal(Noon, second.Manifest!.CreatedUtc);
        Assert.Equal(before, await storage.FilesAsync());
    }

    [Fact]
    public async Task Of_many_writers_of_the_same_pair_one_is_told_that_it_added_it()
    {
        var bytes = SamplePairs.Bytes();

        var puts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () => storage.Open(clock, Key).PutAsync(bytes, null, Cancellation), Cancellation)));

        Assert.Single(puts, put => put.Added);
        Assert.All(puts, put => Assert.Equal(FingerprintPairFile.Sha256(bytes), put.Sha256));
        Assert.Equal(2, (await storage.FilesAsync()).Count);
        Assert.Equal(bytes, await store.GetAsync(puts[0], Cancellation));
    }

    [Fact]
    public async Task Concurrent_writers_of_different_pairs_leave_all_of_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(
            () => PutAsync(SamplePairs.Bytes(seed: (ulong)seed)), Cancellation)));

        Assert.Equal(16, (await ListAsync()).Length);
        Assert.Equal(32, (await storage.FilesAsync()).Count);
    }

    [Fact]
    public async Task The_list_is_sorted_and_can_be_narrowed()
    {
        foreach (var (model, version) in new[] { ("b", "1"), ("a", "2"), ("a", "10"), ("a.b", "1") })
        {
            await PutAsync(SamplePairs.Bytes(model, version));
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
        await PutAsync(SamplePairs.Bytes());
        var digest = new string('0', 64);
        foreach (var name in new[]
        {
            "digits/1.2.0/.utaf-0123456789abcdef.tmp", "digits/1.2.0/notes.utaf", "digits/README.md", $".git/1/{digest}.utaf",
            $"digits/1.2.0/{digest}.json", $"digits/1.2.0/{digest}.intoto.json", $"digits/1.2.0/deeper/{digest}.utaf", $"{digest}.utaf",
        })
        {
            await storage.WriteAsync(name, [1]);
        }

        Assert.Equal(["digits 1.2.0"], await ListAsync());
    }

    [Fact]
    public async Task An_empty_store_has_no_pairs()
    {
        Assert.Empty(await ListAsync());
        Assert.Empty(await ListAsync("digits", "1.2.0"));
        Assert.Empty(await storage.FilesAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData(null)]
    public async Task A_damaged_or_missing_public_manifest_does_not_hide_the_pair_and_the_next_put_mends_it(string? found)
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        var manifest = $"digits/1.2.0/{stored.Sha256}.json";
        var before = await storage.FilesAsync();
        await (found is null ? storage.DeleteAsync(manifest) : storage.WriteAsync(manifest, Encoding.UTF8.GetBytes(found)));
        Assert.Null((await PairsAsync())[0].Manifest);

        Assert.NotNull((await PutAsync(SamplePairs.Bytes())).Manifest);

        Assert.NotNull((await PairsAsync())[0].Manifest);
        Assert.Equal(before, await storage.FilesAsync());
    }

    [Theory]
    [InlineData("""{"formatVersion":99,"shape":"unknown"}""", 99)]
    [InlineData("""{"formatVersion":1,"shape":"unknown"}""", null)]
    [InlineData("""{"formatVersion":"99"}""", null)]
    public async Task A_public_manifest_of_a_newer_format_is_told_from_a_damaged_one(string found, int? newer)
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        await storage.WriteAsync($"digits/1.2.0/{stored.Sha256}.json", Encoding.UTF8.GetBytes(found));

        var listed = Assert.Single(await PairsAsync());

        Assert.Null(listed.Manifest);
        Assert.Equal(newer, listed.NewerFormat);
    }

    [Fact]
    public async Task A_public_manifest_of_a_newer_format_is_not_shown_though_it_can_be_read()
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        await storage.WriteAsync($"digits/1.2.0/{stored.Sha256}.json", Encoding.UTF8.GetBytes((stored.Manifest! with { FormatVersion = 99 }).ToJson()));

        Assert.Equal((null, 99), Assert.Single(await PairsAsync()) is var listed ? (listed.Manifest, listed.NewerFormat) : default);
    }

    [Fact]
    public async Task A_put_that_was_killed_before_the_pair_shows_nothing_and_is_completed_by_the_next()
    {
        var stored = await store.PutAsync(SamplePairs.Bytes(), "{}"u8.ToArray(), Cancellation);
        var whole = await storage.FilesAsync();
        await storage.DeleteAsync($"digits/1.2.0/{stored.Sha256}.utaf");
        Assert.Empty(await ListAsync());

        foreach (var companion in new[] { ".intoto.json", ".json" })
        {
            Assert.True((await store.PutAsync(SamplePairs.Bytes(), "{}"u8.ToArray(), Cancellation)).Added);
            Assert.Equal(whole, await storage.FilesAsync());
            await storage.DeleteAsync($"digits/1.2.0/{stored.Sha256}.utaf");
            await storage.DeleteAsync($"digits/1.2.0/{stored.Sha256}{companion}");
        }
    }

    [Fact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(SamplePairs.Bytes(), null, source.Token));

        Assert.Empty(await storage.FilesAsync());
    }

    [Fact]
    public async Task The_first_commitment_stays()
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        Assert.Null(await store.GetCommitmentAsync(stored, Cancellation));

        await store.PutAsync(SamplePairs.Bytes(), [1, 2], Cancellation);
        await store.PutAsync(SamplePairs.Bytes(), [3], Cancellation);

        Assert.Equal([1, 2], await store.GetCommitmentAsync(stored, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    public async Task A_torn_pair_is_an_error_on_reading_and_on_putting_it_again(int length)
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        var name = $"digits/1.2.0/{stored.Sha256}.utaf";
        await storage.WriteAsync(name, (await storage.FilesAsync())[name][..length]);

        Assert.Equal("UTAF1302", (await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(stored, Cancellation))).Diagnostic.Code);
        Assert.Equal("UTAF1302", (await Assert.ThrowsAsync<UtafException>(() => PutAsync(SamplePairs.Bytes()))).Diagnostic.Code);
        Assert.Equal(length, (await storage.FilesAsync())[name].Length);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(1000)]
    public async Task An_altered_pair_is_an_error_that_names_both_digests(int position)
    {
        var stored = await PutAsync(SamplePairs.Bytes());
        var name = $"digits/1.2.0/{stored.Sha256}.utaf";
        var altered = (await storage.FilesAsync())[name];
        altered[position] ^= 1;
        await storage.WriteAsync(name, altered);

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(stored, Cancellation));

        Assert.Equal("UTAF1302", exception.Diagnostic.Code);
        Assert.EndsWith(name, exception.Diagnostic.Origin, StringComparison.Ordinal);
        Assert.Contains(stored.Manifest!.Encryption?.StoredSha256 ?? stored.Sha256, exception.Message, StringComparison.Ordinal);
        Assert.Contains(FingerprintPairFile.Sha256(altered), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_that_is_not_there_is_an_error_that_names_it()
    {
        var missing = new StoredPair("digits", "1", new string('0', 64));

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(missing, Cancellation));

        Assert.Equal("UTAF1304", exception.Diagnostic.Code);
        Assert.Contains("digits 1 0000", exception.Message, StringComparison.Ordinal);
        Assert.Null(await store.GetCommitmentAsync(missing, Cancellation));
    }

    [Fact]
    public async Task A_pair_of_fifty_megabytes_goes_in_and_out()
    {
        var bytes = BigPair.Bytes();
        Assert.True(bytes.Length > 50_000_000);

        var stored = await PutAsync(bytes);

        Assert.True(stored.Added);
        Assert.Equal(stored.Sha256, FingerprintPairFile.Sha256(await store.GetAsync(stored, Cancellation)));
        Assert.False((await PutAsync(bytes)).Added);
    }

    [Fact]
    public async Task The_address_opens_the_same_store_again()
    {
        await PutAsync(SamplePairs.Bytes());

        var again = FingerprintStores.Open(store.Address, environment: storage.Variables.GetValueOrDefault);

        Assert.Equal(store.Address, again.Address);
        Assert.Single(await again.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));
    }

    private Task<StoredPair> PutAsync(byte[] pair) => store.PutAsync(pair, null, Cancellation);

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
