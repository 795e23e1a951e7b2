using Utaf.Configuration;
using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>What encryption at rest promises, whatever the storage.</summary>
public abstract class EncryptionContract : IAsyncLifetime
{
    private IStorageUnderTest storage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<IStorageUnderTest> MakeAsync();

    public async ValueTask InitializeAsync() => storage = await MakeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (storage is not null)
        {
            await storage.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nothing_of_the_tensors_can_be_read_in_the_storage()
    {
        var stored = await PutAsync(SampleKeys.One);

        var bytes = (await storage.FilesAsync())[NameOf(stored)];

        // The fingerprint's 0.25, 0.5, 1 as they stand in the plain file.
        byte[] secret = [0, 0, 0x80, 0x3E, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F];
        Assert.True(SamplePairs.Bytes().AsSpan().IndexOf(secret) > 0);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(secret));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("fingerprint"u8));
    }

    [Fact]
    public async Task Another_key_is_an_error_that_names_both_key_ids()
    {
        var stored = await PutAsync(SampleKeys.One);
        var (here, there) = (stored.Manifest!.Encryption!.KeyId, await KeyIdAsync(SampleKeys.Other));

        var get = await FailAsync(() => storage.Open(key: SampleKeys.Other).GetAsync(stored, Cancellation));
        var put = await FailAsync(() => PutAsync(SampleKeys.Other));

        Assert.All([get, put], error => Assert.Equal("UTAF1312", error.Diagnostic.Code));
        Assert.All([get, put], error => Assert.Contains(here, error.Message, StringComparison.Ordinal));
        Assert.All([get, put], error => Assert.Contains(there, error.Message, StringComparison.Ordinal));
        Assert.Matches("^[0-9a-f]{16}$", here);
    }

    [Fact]
    public async Task No_key_is_an_error_that_names_the_missing_one()
    {
        var stored = await PutAsync(SampleKeys.One);

        var get = await FailAsync(() => storage.Open().GetAsync(stored, Cancellation));
        var put = await FailAsync(() => PutAsync(null));

        Assert.All([get, put], error => Assert.Equal("UTAF1311", error.Diagnostic.Code));
        Assert.All([get, put], error => Assert.Contains(stored.Manifest!.Encryption!.KeyId, error.Message, StringComparison.Ordinal));
        Assert.All([get, put], error => Assert.EndsWith(NameOf(stored), error.Diagnostic.Origin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_list_needs_no_key()
    {
        await PutAsync(SampleKeys.One);

        var listed = Assert.Single(await storage.Open().ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        Assert.Equal("AES-256-GCM", listed.Manifest!.Encryption!.Algorithm);
    }

    [Fact]
    public async Task A_plain_pair_is_read_with_a_key_but_is_not_taken_for_an_encrypted_one()
    {
        var stored = await PutAsync(null);
        var before = await storage.FilesAsync();

        Assert.Equal(SamplePairs.Bytes(), await storage.Open(key: SampleKeys.One).GetAsync(stored, Cancellation));
        Assert.Equal("UTAF1313", (await FailAsync(() => PutAsync(SampleKeys.One))).Diagnostic.Code);
        Assert.Equal(before, await storage.FilesAsync());
    }

    [Fact]
    public async Task A_killed_puts_manifest_of_another_key_is_corrected()
    {
        var other = await PutAsync(SampleKeys.Other);
        await storage.DeleteAsync(NameOf(other));

        var stored = await PutAsync(SampleKeys.One);

        Assert.True(stored.Added);
        var listed = Assert.Single(await storage.Open().ListAsync(null, null, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(stored.Manifest!.Encryption, listed.Manifest!.Encryption);
        Assert.NotEqual(other.Manifest!.Encryption!.KeyId, listed.Manifest.Encryption!.KeyId);
        Assert.Equal(
            FingerprintPairFile.Sha256((await storage.FilesAsync())[NameOf(stored)]), listed.Manifest.Encryption.StoredSha256);
    }

    [Fact]
    public async Task An_encrypted_pair_under_another_pairs_name_is_refused()
    {
        var stored = await PutAsync(SampleKeys.One);
        var store = storage.Open(key: SampleKeys.One);
        var other = await store.PutAsync(SamplePairs.Bytes(version: "2"), null, Cancellation);
        await storage.WriteAsync(NameOf(other), (await storage.FilesAsync())[NameOf(stored)]);

        Assert.Equal("UTAF1302", (await FailAsync(() => store.GetAsync(other, Cancellation))).Diagnostic.Code);
    }

    [Theory]
    [InlineData("not base64 at all!", "no base64")]
    [InlineData("c2hvcnQ=", "5 bytes")]
    public void A_key_that_is_none_is_refused_without_showing_it(string key, string found)
    {
        var error = Assert.Throws<UtafException>(() => storage.Open(key: key));

        Assert.Equal("UTAF1310", error.Diagnostic.Code);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains("KEY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UTAF_STORE_KEY_is_the_key_where_no_other_is_named()
    {
        var stored = await PutAsync(SampleKeys.One);

        Assert.Equal(SamplePairs.Bytes(), await OpenWith(SampleKeys.One).GetAsync(stored, Cancellation));

        // A pipeline whose secret is missing sets it empty: that must not mean "store in the clear".
        Assert.Equal("UTAF1012", Assert.Throws<UtafException>(() => OpenWith("")).Diagnostic.Code);
        Assert.Equal(
            "UTAF1012", Assert.Throws<UtafException>(() => FingerprintStores.Open(storage.Address, encryptionKey: new Secret("UNSET_KEY"), environment: storage.Variables.GetValueOrDefault)).Diagnostic.Code);

        IFingerprintStore OpenWith(string key) => FingerprintStores.Open(
            storage.Address, environment: name => name == "UTAF_STORE_KEY" ? key : storage.Variables.GetValueOrDefault(name));
    }

    private static string NameOf(StoredPair pair) => $"{pair.Model}/{pair.Version}/{pair.Sha256}.utaf";

    private static Task<UtafException> FailAsync(Func<Task> act) => Assert.ThrowsAsync<UtafException>(act);

    private static async Task<string> KeyIdAsync(string key)
    {
        await using var elsewhere = new FolderStorage();
        return (await ((IStorageUnderTest)elsewhere).Open(key: key).PutAsync(SamplePairs.Bytes(), null, Cancellation)).Manifest!.Encryption!.KeyId;
    }

    private Task<StoredPair> PutAsync(string? key) => storage.Open(key: key).PutAsync(SamplePairs.Bytes(), null, Cancellation);
}
