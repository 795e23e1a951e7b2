using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Utaf.Configuration;

namespace Utaf.Tool.Serving;

/// <summary>The key that clients must show, kept only as its digest.</summary>
internal sealed class ApiKey
{
    private const string Bearer = "Bearer ";

    private readonly byte[] digest;

    private ApiKey(string key) => digest = Digest(key);

    /// <summary>Reads a key from where <paramref name="setting"/> says.</summary>
    /// <param name="setting"><c>env:NAME</c>.</param>
    /// <exception cref="UtafException">UTAF1804: another form, which is not repeated. UTAF1012: the variable is not set.</exception>
    public static ApiKey From(string setting)
    {
        const string purpose = "The server's API key (--api-key)";
        var secret = Secret.Parse(setting) ?? throw Errors.ApiKeyOnCommandLine();

        // A line break at the end comes from the file that the variable was filled from, and no client can send it.
        var key = secret.Read(purpose).Trim();
        return key.Length > 0 ? new(key) : throw Errors.SecretMissing(purpose, secret.Variable);
    }

    /// <summary>Whether a request shows the key, as bearer token or in X-API-Key.</summary>
    public bool IsShownBy(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var shown = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : request.Headers["X-API-Key"].ToString().Trim();

        // Digests are equally long, so the time that this takes tells nothing.
        return CryptographicOperations.FixedTimeEquals(digest, Digest(shown));
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
