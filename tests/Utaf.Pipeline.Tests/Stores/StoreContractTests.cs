using System.Security.Cryptography;
using System.Text;
using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

public sealed class FolderStoreTests : StoreContract
{
    protected override Task<IStorageUnderTest> MakeAsync() => Task.FromResult<IStorageUnderTest>(new FolderStorage());
}

public sealed class EncryptedFolderStoreTests : StoreContract
{
    protected override string? Key => SampleKeys.One;

    protected override Task<IStorageUnderTest> MakeAsync() => Task.FromResult<IStorageUnderTest>(new FolderStorage());
}

[Collection(AzuriteTests.Name)]
public sealed class AzureStoreTests(Azurite azurite) : StoreContract
{
    protected override async Task<IStorageUnderTest> MakeAsync() => await AzuriteStorage.MakeAsync(azurite);
}

[Collection(AzuriteTests.Name)]
public sealed class EncryptedAzureStoreTests(Azurite azurite) : StoreContract
{
    protected override string? Key => SampleKeys.One;

    protected override async Task<IStorageUnderTest> MakeAsync() => await AzuriteStorage.MakeAsync(azurite);
}

/// <summary>Keys that protect nothing.</summary>
internal static class SampleKeys
{
    public static string One { get; } = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public static string Other { get; } = Convert.ToBase64String([.. Enumerable.Range(100, 32).Select(i => (byte)i)]);
}

public sealed class FolderEncryptionTests : EncryptionContract
{
    protected override Task<IStorageUnderTest> MakeAsync() => Task.FromResult<IStorageUnderTest>(new FolderStorage());

    [Fact]
    public void The_format_is_as_documented()
    {
        // By hand, from docs/stores.md: what a reader in another language must arrive at.
        var key = Convert.FromBase64String(SampleKeys.One);
        var place = new StoredPair("digits", "1.2.0", FingerprintPairFile.Sha256(SamplePairs.Bytes()));
        var stored = PairEncryption.Read(null, _ => SampleKeys.One)!.Encrypt(SamplePairs.Bytes(), place);

        var keyId = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 8, info: "utaf store key id"u8.ToArray());
        Assert.Equal("UTAFENC1"u8.ToArray(), stored[..8]);
        Assert.Equal(keyId, stored[8..16]);
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "utaf store cipher"u8.ToArray()), 16);
        var pair = new byte[stored.Length - 44];
        byte[] associated = [.. keyId, .. Encoding.UTF8.GetBytes($"digits/1.2.0/{place.Sha256}")];
        cipher.Decrypt(stored[16..28], stored[28..^16], stored[^16..], pair, associated);
        Assert.Equal(SamplePairs.Bytes(), pair);
    }
}

[Collection(AzuriteTests.Name)]
public sealed class AzureEncryptionTests(Azurite azurite) : EncryptionContract
{
    protected override async Task<IStorageUnderTest> MakeAsync() => await AzuriteStorage.MakeAsync(azurite);
}
