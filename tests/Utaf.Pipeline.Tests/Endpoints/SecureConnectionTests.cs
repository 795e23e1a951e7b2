using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Utaf.Configuration;
using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>TLS and client certificates, with certificates made on the spot.</summary>
public sealed class SecureConnectionTests : IDisposable
{
    private readonly X509Certificate2 server = SelfSigned("CN=127.0.0.1");

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task A_certificate_that_this_machine_does_not_trust_is_an_error_at_once()
    {
        using var api = new LoopbackApi(Questioning.Good, server);
        using var questioning = new Questioning(api.Url);

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1626", ExitCode.Inconclusive), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, questioning.Summary.Exchanges);
        Assert.Empty(api.Calls);
    }

    [Fact]
    public async Task A_server_that_speaks_no_tls_is_an_error()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(new Uri($"https://127.0.0.1:{api.Port}/m")).With(limits => limits with { Retries = 0 });

        Assert.Equal("UTAF1626", (await questioning.FailsAsync()).Diagnostic.Code);
    }

    [Theory]
    [InlineData("client.pfx", true)]
    [InlineData("client.pfx", false)]
    [InlineData("client.pem", true)]
    [InlineData("client.pem", false)]
    public void A_client_certificate_is_read_from_a_file(string name, bool protectedByPassword)
    {
        using var questioning = new Questioning(new Uri("https://127.0.0.1/m"));
        using var client = SelfSigned("CN=utaf-client");
        var path = Save(client, Path.Combine(questioning.Folder, name), protectedByPassword ? "pass word" : null);

        using var read = ClientCertificate.Load("rival", path, protectedByPassword ? new Secret("CERTIFICATE_PASSWORD") : null, _ => "pass word");

        Assert.Equal(client.Thumbprint, read.Thumbprint);
        Assert.True(read.HasPrivateKey);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_to_the_server()
    {
        using var api = new LoopbackApi(Questioning.Good, server, asksForCertificate: true);
        using var questioning = new Questioning(api.Url);
        using var client = SelfSigned("CN=utaf-client");
        questioning.Suspect = WithCertificate(questioning, Save(client, Path.Combine(questioning.Folder, "client.pfx"), null), null);

        // No machine trusts the server's certificate, which was made a moment ago.
        questioning.Transport = sockets =>
        {
            sockets.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == server.Thumbprint;
            return sockets;
        };

        questioning.IsComplete(await questioning.AskAsync());

        Assert.All(api.Calls, call => Assert.Equal("CN=utaf-client", call.ClientCertificate));
    }

    [Theory]
    [InlineData("missing.pfx", null)]
    [InlineData("client.pfx", "wrong")]
    [InlineData("client.pem", "wrong")]
    [InlineData("nonsense.pfx", null)]
    [InlineData("keyless.pem", null)]
    public async Task A_client_certificate_that_cannot_be_used_is_an_error(string name, string? password)
    {
        using var questioning = new Questioning(new Uri("https://127.0.0.1/m"));
        using var client = SelfSigned("CN=utaf-client");
        Save(client, Path.Combine(questioning.Folder, "client.pfx"), "right");
        Save(client, Path.Combine(questioning.Folder, "client.pem"), "right");
        await File.WriteAllTextAsync(Path.Combine(questioning.Folder, "keyless.pem"), client.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(questioning.Folder, "nonsense.pfx"), "nonsense", TestContext.Current.CancellationToken);
        questioning.Environment["CERTIFICATE_PASSWORD"] = password ?? "";
        questioning.Suspect = WithCertificate(
            questioning, Path.Combine(questioning.Folder, name), password is null ? null : new Secret("CERTIFICATE_PASSWORD"));

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1636", ExitCode.Usage), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static SuspectSettings WithCertificate(Questioning questioning, string path, Secret? password) => questioning.Suspect with
    {
        Authentication = new AuthenticationSettings { Certificate = path, CertificatePassword = password },
    };

    private static string Save(X509Certificate2 certificate, string path, string? password)
    {
        if (path.EndsWith(".pfx", StringComparison.Ordinal))
        {
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
            return path;
        }

        using var key = certificate.GetRSAPrivateKey()!;
        var pem = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{pem}\n");
        return path;
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
