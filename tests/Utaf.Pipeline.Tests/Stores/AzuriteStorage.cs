using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>A container of its own in Azurite, with a prefix, opened by connection string.</summary>
internal sealed class AzuriteStorage : IStorageUnderTest
{
    private const string Prefix = "releases/utaf/";

    private readonly BlobContainerClient container;

    private AzuriteStorage(Uri service, BlobContainerClient container)
    {
        this.container = container;
        Variables = new Dictionary<string, string> { ["STORE_CONNECTION"] = Azurite.Connection(service) };
    }

    public string Address => $"azblob:?connection=STORE_CONNECTION&container={container.Name}&prefix=releases/utaf";

    public string ContainerName => container.Name;

    public IReadOnlyDictionary<string, string> Variables { get; }

    public static async Task<AzuriteStorage> MakeAsync(Azurite azurite, bool secure = false)
    {
        var service = await (secure ? azurite.SecureAsync() : azurite.PlainAsync());
        var container = azurite.Container(service, $"utaf-{Guid.NewGuid():N}");
        await container.CreateAsync();
        return new AzuriteStorage(service, container);
    }

    public async Task<IReadOnlyDictionary<string, byte[]>> FilesAsync()
    {
        var files = new Dictionary<string, byte[]>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions()))
        {
            Assert.StartsWith(Prefix, blob.Name, StringComparison.Ordinal);
            files[blob.Name[Prefix.Length..]] = (await container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToArray();
        }

        return files;
    }

    public Task WriteAsync(string name, byte[] content) => container.GetBlobClient(Prefix + name).UploadAsync(BinaryData.FromBytes(content), overwrite: true);

    public Task DeleteAsync(string name) => container.GetBlobClient(Prefix + name).DeleteAsync();

    public async ValueTask DisposeAsync() => await container.DeleteAsync();
}
