using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Storage.Blobs;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>Real Azurites, in memory: one that takes keys and signatures, and one behind TLS that takes Azure's tokens.</summary>
public sealed class Azurite : IDisposable
{
    /// <summary>Azurite's published account.</summary>
    public const string Account = "devstoreaccount1";

    /// <summary>Its published key.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly TemporaryFolder folder = new();
    private readonly SemaphoreSlim starting = new(1);
    private readonly List<PeerProcess> processes = [];
    private Uri? plain;
    private Uri? secure;

    /// <summary>The certificate of the one behind TLS.</summary>
    public X509Certificate2? Certificate { get; private set; }

    /// <summary>The blob service that takes keys and signatures.</summary>
    public async Task<Uri> PlainAsync()
    {
        await starting.WaitAsync();
        try
        {
            return plain ??= await StartAsync("http");
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>The blob service behind TLS, which takes tokens too.</summary>
    public async Task<Uri> SecureAsync()
    {
        await starting.WaitAsync();
        try
        {
            return secure ??= await StartAsync("https", "--oauth", "basic", "--cert", MakeCertificate(), "--key", folder.File("key.pem"));
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>A connection string.</summary>
    public static string Connection(Uri service, string key = Key) =>
        $"DefaultEndpointsProtocol={service.Scheme};AccountName={Account};AccountKey={key};BlobEndpoint={service.AbsoluteUri};";

    /// <summary>Sends requests to the one behind TLS, trusting its certificate alone.</summary>
    public HttpMessageHandler Trusting() => new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.Thumbprint == Certificate!.Thumbprint,
    };

    /// <summary>A client past the store, for what the tests must see and do.</summary>
    public BlobContainerClient Container(Uri service, string name)
    {
        var options = new BlobClientOptions { Transport = new Azure.Core.Pipeline.HttpClientTransport(service.Scheme == "https" ? Trusting() : new HttpClientHandler()) };
        return new BlobContainerClient(Connection(service), name, options);
    }

    public void Dispose()
    {
        processes.ForEach(process => process.Dispose());
        Certificate?.Dispose();
        starting.Dispose();
        folder.Dispose();
    }

    private async Task<Uri> StartAsync(string scheme, params string[] more)
    {
        var script = Peers.Peers.Script("azurite/dist/src/blob/main.js");
        var node = Peers.Peers.Program("node");
        var port = PeerProcess.FreePort();
        processes.Add(await PeerProcess.StartAsync(
            node,
            [
                script, "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--inMemoryPersistence", "--disableTelemetry", "--silent",
                "--skipApiVersionCheck", .. more,
            ],
            port,
            folder.Path));
        return new Uri($"{scheme}://127.0.0.1:{port}/{Account}");
    }

    private string MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder.File("certificate.pem"), Certificate.ExportCertificatePem());
        return folder.File("certificate.pem");
    }
}

/// <summary>The tests that share the Azurites.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
