using System.Collections.Concurrent;
using System.Net;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>
/// The way to prediction APIs, shared by all suspects of a process: suspects on one host (scheme, name and port) share its
/// request rate, the smallest that any of them asks for, and its circuit breaker.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="environment">Reads a variable that holds a secret; the process's environment if null.</param>
/// <param name="transport">What sends the requests, for tests; sockets if null. It follows no redirects and decompresses nothing by itself.</param>
public sealed class ApiConnections(
    TimeProvider time,
    Func<string, string?>? environment = null,
    Func<SuspectSettings, HttpMessageHandler>? transport = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, HostTraffic> hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentBag<IDisposable> opened = [];

    /// <summary>Opens the way to one suspect. Nothing is sent yet.</summary>
    /// <exception cref="UtafException">
    /// UTAF1012: a secret's variable is not set. UTAF1635: its value cannot be sent. UTAF1636: the client certificate cannot be used.
    /// </exception>
    internal ApiConnection Connect(SuspectSettings suspect)
    {
        var credentials = new Credentials(suspect, environment ?? Environment.GetEnvironmentVariable);
        var client = new HttpClient(transport?.Invoke(suspect) ?? Sockets(suspect, credentials))
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        opened.Add(client);
        opened.Add(credentials);

        var host = hosts.GetOrAdd(suspect.Url!.Origin(), _ => new HostTraffic(time));
        host.Limit(suspect.Limits.RequestsPerSecond);
        return new ApiConnection(suspect, client, credentials, host, time);
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        while (opened.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    internal static SocketsHttpHandler Sockets(SuspectSettings suspect, Credentials credentials)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
        };
        if (suspect.Proxy is { } proxy)
        {
            sockets.Proxy = new WebProxy(proxy);
        }

        if (credentials.Certificate is { } certificate)
        {
            sockets.SslOptions.ClientCertificates = [certificate];
        }

        return sockets;
    }
}
