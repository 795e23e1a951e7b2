using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

public sealed class FingerprintStoresTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folders_address_is_kept_as_an_absolute_one()
    {
        Assert.Equal($"folder:{folder.Path}", FingerprintStores.Open($"folder:{folder.Path}").Address);
        Assert.Equal($"folder:{Path.GetFullPath(".utaf/store")}", FingerprintStores.Open("folder:.utaf/store").Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/srv/utaf")]
    [InlineData("folder:")]
    [InlineData("Folder:x")]
    [InlineData("s3://bucket/utaf")]
    [InlineData("folder:a\0b")]
    public void An_address_of_no_known_store_is_refused(string address)
    {
        var exception = Assert.Throws<UtafException>(() => FingerprintStores.Open(address));

        Assert.Equal("UTAF1306", exception.Diagnostic.Code);
        Assert.Equal(address, exception.Diagnostic.Origin);
    }

    [Fact]
    public async Task A_pair_is_found_by_its_model_alone_if_it_is_the_only_one()
    {
        var store = await StoreAsync(("digits", "1.0", 1), ("other", "1.0", 1));

        Assert.Equal("1.0", (await FingerprintStores.FindAsync(store, "digits", null, Cancellation)).Version);
    }

    [Fact]
    public async Task A_pair_is_found_by_its_version_or_the_beginning_of_its_digest()
    {
        var store = await StoreAsync(("digits", "1.0", 1), ("digits", "1.1", 2));

        var byVersion = await FingerprintStores.FindAsync(store, "digits", "1.1", Cancellation);
        var byDigest = await FingerprintStores.FindAsync(store, "digits", byVersion.Sha256.ToUpperInvariant()[..12], Cancellation);

        Assert.Equal("1.1", byVersion.Version);
        Assert.Equal(byVersion.Sha256, byDigest.Sha256);
    }

    [Fact]
    public async Task A_version_comes_before_a_digest_that_begins_like_it()
    {
        var store = await StoreAsync(("digits", "1.0", 1));
        var digit = (await FingerprintStores.FindAsync(store, "digits", null, Cancellation)).Sha256[..1];
        await store.PutAsync(SamplePairs.Bytes("digits", digit), null, Cancellation);

        Assert.Equal(digit, (await FingerprintStores.FindAsync(store, "digits", digit, Cancellation)).Version);
    }

    [Theory]
    [InlineData("digits", "9.9")]
    [InlineData("digits", "")]
    [InlineData("nothing", null)]
    public async Task A_pair_that_is_not_there_is_an_error(string model, string? wanted)
    {
        var store = await StoreAsync(("digits", "1.0", 1));

        var exception = await Assert.ThrowsAsync<UtafException>(() => FingerprintStores.FindAsync(store, model, wanted, Cancellation));

        Assert.Equal("UTAF1304", exception.Diagnostic.Code);
        Assert.Equal(store.Address, exception.Diagnostic.Origin);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.0")]
    public async Task More_than_one_pair_is_an_error_that_names_them(string? wanted)
    {
        var store = await StoreAsync(("digits", "1.0", 1), ("digits", "1.0", 2));

        var exception = await Assert.ThrowsAsync<UtafException>(() => FingerprintStores.FindAsync(store, "digits", wanted, Cancellation));

        Assert.Equal("UTAF1308", exception.Diagnostic.Code);
        await foreach (var pair in store.ListAsync(null, null, Cancellation))
        {
            Assert.Contains($"1.0 {pair.Sha256}", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_shown_of_a_pair_is_what_its_digest_vouches_for()
    {
        var store = await StoreAsync(("digits", "1.0", 1));
        var genuine = (await FingerprintStores.FindAsync(store, "digits", null, Cancellation)).Manifest!;
        var copy = Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories).Single();
        var altered = genuine with { Threshold = 0.999, HeldOut = genuine.HeldOut with { Auc = 0.1 }, Model = genuine.Model with { Name = "other" } };
        await File.WriteAllTextAsync(copy, altered.ToJson(), Cancellation);

        var stored = await FingerprintStores.FindAsync(store, "digits", null, Cancellation);
        Assert.Equal("other", stored.Manifest!.Model.Name);
        var fetched = await FetchedPair.FromStoreAsync(store, stored, Cancellation);

        Assert.Equal(genuine.ToJson(), fetched.Manifest.ToJson());
        Assert.NotNull(fetched.Manifest.CreatedUtc);
    }

    private async Task<IFingerprintStore> StoreAsync(params (string Model, string Version, ulong Seed)[] pairs)
    {
        var store = FingerprintStores.Open($"folder:{folder.Path}");
        foreach (var (model, version, seed) in pairs)
        {
            await store.PutAsync(SamplePairs.Bytes(model, version, seed), null, Cancellation);
        }

        return store;
    }
}
