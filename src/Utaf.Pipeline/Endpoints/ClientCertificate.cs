using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>Reads a client certificate with its key from a PFX or PEM file.</summary>
internal static class ClientCertificate
{
    /// <exception cref="UtafException">UTAF1012: the password's variable is not set. UTAF1636: the file cannot be used.</exception>
    public static X509Certificate2 Load(string suspect, string path, Secret? passwordSecret, Func<string, string?> environment)
    {
        var password = passwordSecret?.Read($"authentication.certificatePassword of the suspect '{suspect}'", environment);
        try
        {
            var certificate = IsPem(path) ? LoadPem(path, password) : X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return certificate.HasPrivateKey ? certificate : throw new CryptographicException("It holds no private key.");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Errors.BadClientCertificate(suspect, path, ForeignText.Shown(exception.Message), exception);
        }
    }

    private static bool IsPem(string path)
    {
        using var reader = new StreamReader(path);
        var start = new char[4096];
        return start.AsSpan(0, reader.ReadBlock(start)).Contains("-----BEGIN ", StringComparison.Ordinal);
    }

    private static X509Certificate2 LoadPem(string path, string? password)
    {
        var certificate = password is null
            ? X509Certificate2.CreateFromPemFile(path)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Windows' TLS does not use keys that live in memory only.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
