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
