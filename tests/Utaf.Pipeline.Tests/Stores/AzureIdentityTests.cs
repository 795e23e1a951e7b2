using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>DefaultAzureCredential, through the token endpoint that Azure's own machines have.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzureIdentityTests(Azurite azurite) : IAsyncLifetime
{
    private const string Header = "shown-to-the-token-endpoint";

    // Of all tests: a token is kept for the whole process, so only the first of them asks.
    private static readonly List<string> Asked = [];

    private readonly HttpListener endpoint = new();
    private readonly Dictionary<string, string?> before = [];
    private AzuriteStorage storage = null!;
    private Uri service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        service = await azurite.SecureAsync();
        storage = await AzuriteStorage.MakeAsync(azurite, secure: true);
        var port = PeerProcess.FreePort();
        endpoint.Prefixes.Add($"http://127.0.0.1:{port}/");
        endpoint.Start();
        _ = ServeTokensAsync();

        // Azure.Identity reads its environment from the process alone; nothing else in these tests does.
        Set("IDENTITY_ENDPOINT", $"http://127.0.0.1:{port}/token");
        Set("IDENTITY_HEADER", Header);
        Set("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (name, value) in before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        endpoint.Close();
        if (storage is not null)
        {
            await storage.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_managed_identity_puts_gets_and_lists()
    {
        var store = Open();

        var stored = await store.PutAsync(SamplePairs.Bytes(), null, Cancellation);

        Assert.True(stored.Added);
        Assert.Equal(SamplePairs.Bytes(), await store.GetAsync(stored, Cancellation));
        Assert.Single(await store.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));
        Assert.Contains(Asked, question => question.Contains("storage.azure.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_identity_is_an_error_that_says_what_to_do()
    {
        Set("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential");

        var error = await Assert.ThrowsAsync<UtafException>(() => Open().PutAsync(SamplePairs.Bytes(), null, Cancellation));

        Assert.Equal("UTAF1317", error.Diagnostic.Code);
        Assert.Contains("az login", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Header, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_without_a_role_is_an_error_that_names_the_role()
    {
        var refusing = new Scripted((request, _) =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Forbidden) { RequestMessage = request };
            response.Headers.Add("x-ms-error-code", "AuthorizationPermissionMismatch");
            return response;
        });

        var error = await Assert.ThrowsAsync<UtafException>(() => Open(refusing).PutAsync(SamplePairs.Bytes(), null, Cancellation));

        Assert.Equal("UTAF1318", error.Diagnostic.Code);
        Assert.Contains("Storage Blob Data Contributor", error.Message, StringComparison.Ordinal);
    }

    private static string Base64Url(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Token()
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
            ["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
            ["iat"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        return $"{Base64Url("""{"alg":"RS256","typ":"JWT"}""")}.{Base64Url(JsonSerializer.Serialize(claims))}.{Base64Url("signature")}";
    }

    private IFingerprintStore Open(HttpMessageHandler? handler = null) => FingerprintStores.Open(
        $"azblob://{Azurite.Account}/{storage.ContainerName}/releases/utaf?endpoint={service.AbsoluteUri}",
        environment: _ => null,
        handler: handler ?? azurite.Trusting());

    private void Set(string name, string value)
    {
        before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    private async Task ServeTokensAsync()
    {
        try
        {
            while (true)
            {
                var context = await endpoint.GetContextAsync();
                lock (Asked)
                {
                    Asked.Add(context.Request.Url!.Query);
                }

                var sound = context.Request.Headers["X-IDENTITY-HEADER"] == Header;
                var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                var answer = sound
                    ? new Dictionary<string, string> { ["access_token"] = Token(), ["expires_on"] = expires, ["resource"] = "https://storage.azure.com", ["token_type"] = "Bearer" }
                    : new Dictionary<string, string> { ["statusCode"] = "400", ["message"] = "No identity is assigned." };
                context.Response.StatusCode = sound ? 200 : 400;
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
