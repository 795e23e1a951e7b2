using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Utaf.Stores;

/// <summary>Block blobs in a container of Azure Blob Storage. The container must exist; the SDK retries what may pass.</summary>
internal sealed class AzureBlobs : IBlobs
{
    /// <summary>A larger content goes up in blocks, which nobody can read before the last step commits them all.</summary>
    private const int BlockSize = 4 << 20;

    /// <summary>Metadata by which a put knows its own blob again.</summary>
    private const string PutKey = "utafput";

    private readonly AzureAddress address;
    private readonly BlobContainerClient container;
    private readonly AzureFailures failures;

    /// <summary>Opens a container. Nothing is sent yet.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="time">The clock that is compared with Azure's.</param>
    /// <param name="handler">Sends the requests; one of its own if null.</param>
    /// <exception cref="UtafException">UTAF1012: a variable is not set. UTAF1315: it holds something else.</exception>
    public AzureBlobs(AzureAddress address, Func<string, string?> environment, TimeProvider time, HttpMessageHandler? handler)
    {
        this.address = address;
        var options = new BlobClientOptions
        {
            Retry = { Mode = RetryMode.Exponential, MaxRetries = 3, Delay = TimeSpan.FromSeconds(0.4), NetworkTimeout = TimeSpan.FromMinutes(2) },
            Transport = new HttpClientTransport(handler ?? Network()),
        };
        container = Open(address, environment, options, out var access);
        failures = new AzureFailures(address, container.Uri.Host, access, time);
    }

    /// <inheritdoc/>
    public string Address => address.Text;

    /// <inheritdoc/>
    public string PlaceOf(string name) => $"{container.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{address.Prefix}{name}";

    /// <inheritdoc/>
    /// <remarks>A put on a condition that nothing meets: Azure looks at the permission first.</remarks>
    public Task RequireWritableAsync(CancellationToken cancellationToken) => failures.TellAsync(
        AzureNeed.Write,
        async () =>
        {
            try
            {
                var never = new BlobRequestConditions { IfMatch = new ETag("\"never\"") };
                await UploadAsync(Blob("probe"), [], $"{Guid.NewGuid():N}", never, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException unmet) when (unmet.ErrorCode == BlobErrorCode.ConditionNotMet || unmet.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                // It would have been taken.
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> PutIfAbsentAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        // A large content that is there already need not go up to be refused.
        var blob = Blob(name);
        var present = await failures.TellAsync(
            AzureNeed.Read, async () => await blob.ExistsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return !present.Value
            && await failures.TellAsync(AzureNeed.Write, () => UploadIfAbsentAsync(blob, content, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReplaceAsync(string name, byte[] content, CancellationToken cancellationToken) => failures.TellAsync(
        AzureNeed.Write,
        async () => await UploadAsync(Blob(name), content, $"{Guid.NewGuid():N}", conditions: null, cancellationToken).ConfigureAwait(false),
        cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) => failures.TellAsync<byte[]?>(
        AzureNeed.Read,
        async () =>
        {
            try
            {
                using var content = new MemoryStream();
                await Blob(name).DownloadToAsync(content, cancellationToken).ConfigureAwait(false);
                return content.ToArray();
            }
            catch (RequestFailedException absent) when (absent.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                return null;
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => failures.TellAsync<IReadOnlyList<string>>(
        AzureNeed.List,
        async () =>
        {
            var names = new List<string>();
            var listing = new GetBlobsOptions { Prefix = address.Prefix + prefix };
            await foreach (var blob in container.GetBlobsAsync(listing, cancellationToken).ConfigureAwait(false))
            {
                names.Add(blob.Name[address.Prefix.Length..]);
            }

            return names;
        },
        cancellationToken);

    private static async Task<bool> UploadIfAbsentAsync(BlobClient blob, byte[] content, CancellationToken cancellationToken)
    {
        var put = $"{Guid.NewGuid():N}";
        try
        {
            await UploadAsync(blob, content, put, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException taken)
            when (taken.ErrorCode == BlobErrorCode.BlobAlreadyExists || taken.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // By another; or by this very call, if its first answer was lost and the SDK asked again.
            var there = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return there.Value.Metadata.TryGetValue(PutKey, out var winner) && winner == put;
        }
    }

    private static Task<Response<BlobContentInfo>> UploadAsync(
        BlobClient blob, byte[] content, string put, BlobRequestConditions? conditions, CancellationToken cancellationToken) => blob.UploadAsync(
        BinaryData.FromBytes(content),
        new BlobUploadOptions
        {
            Conditions = conditions,
            Metadata = new Dictionary<string, string> { [PutKey] = put },
            TransferOptions = new StorageTransferOptions { InitialTransferSize = BlockSize, MaximumTransferSize = BlockSize, MaximumConcurrency = 4 },
        },
        cancellationToken);

    /// <summary>As the SDK's own, but a host that does not answer at all is given up within a minute, with all retries.</summary>
    private static SocketsHttpHandler Network() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static BlobContainerClient Open(AzureAddress address, Func<string, string?> environment, BlobClientOptions options, out AzureAccess access)
    {
        if (address.Connection is { } connection)
        {
            access = new(AzureAccessKind.Connection, connection.Variable);
            return FromConnection(address, connection.Read("The store's connection string", environment).Trim(), options);
        }

        var uri = new Uri($"{address.Service!.AbsoluteUri.TrimEnd('/')}/{address.Container}");
        if (address.Sas is not { } sas)
        {
            access = new(AzureAccessKind.Identity);
            return WithIdentity(uri, options);
        }

        var signature = sas.Read("The store's shared access signature", environment).Trim().TrimStart('?');
        access = AzureAccess.OfSas(sas.Variable, signature);
        return IsSas(signature)
            ? new BlobContainerClient(uri, new AzureSasCredential(signature), options)
            : throw Errors.BadAzureSecret(address.Text, sas.Variable, "a shared access signature (sv=…&sp=…&sig=…)");
    }

    private static BlobContainerClient FromConnection(AzureAddress address, string connection, BlobClientOptions options)
    {
        try
        {
            return new BlobContainerClient(connection, address.Container, options);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // The SDK's words may repeat a part of the string.
            throw Errors.BadAzureSecret(
                address.Text, address.Connection!.Variable, "a storage account's connection string (DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…)");
        }
    }

    /// <summary>A method of its own, so that Azure.Identity is loaded by those who need it only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlobContainerClient WithIdentity(Uri uri, BlobClientOptions options) => new(uri, AzureIdentity.Credential(), options);

    private static bool IsSas(string signature) =>
        signature.Contains("sig=", StringComparison.Ordinal) && signature.Contains("sv=", StringComparison.Ordinal)
        && !signature.Any(letter => letter is <= ' ' or > '~');

    private BlobClient Blob(string name) => container.GetBlobClient(address.Prefix + name);
}
