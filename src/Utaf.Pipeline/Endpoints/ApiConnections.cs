using System.Net;
using System.Security.Cryptography.X509Certificates;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>
/// The way to prediction APIs, shared by all suspects of a process. Suspects on one host (scheme, name and port) share its
/// request rate, the smallest that any of them asks for, and its circuit breaker; suspects behind one proxy and with one client
/// certificate share the open connections. For several threads.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="environment">Reads a variable that holds a secret; the process's environment if null.</param>
/// <param name="transport">What sends the requests, given what would otherwise; for tests.</param>
public sealed class ApiConnections(
    TimeProvider time,
    Func<string, string?>? environment = null,
    Func<SocketsHttpHandler, HttpMessageHandler>? transport = null) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HostTraffic> hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Route, HttpClient> clients = [];
    private readonly List<X509Certificate2> certificates = [];

    /// <summary>Opens the way to one suspect. Nothing is sent yet.</summary>
    /// <exception cref="UtafException">
    /// UTAF1012: a secret's variable is not set. UTAF1635: its value cannot be sent. UTAF1636: the client certificate cannot be used.
    /// </exception>
    internal ApiConnection Connect(SuspectSettings suspect)
    {
        var read = environment ?? Environment.GetEnvironmentVariable;
        var credentials = new Credentials(suspect, read);
        lock (gate)
        {
            var origin = suspect.Url!.Origin();
            if (!hosts.TryGetValue(origin, out var host))
            {
                hosts[origin] = host = new HostTraffic(time);
            }

            host.Limit(suspect.Limits.RequestsPerSecond);
            return new ApiConnection(suspect, ClientFor(suspect, read), credentials, host, time);
        }
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        foreach (var opened in clients.Values.Concat<IDisposable>(certificates))
        {
            opened.Dispose();
        }

        clients.Clear();
        certificates.Clear();
    }

    private HttpClient ClientFor(SuspectSettings suspect, Func<string, string?> read)
    {
        var authentication = suspect.Authentication;
        var route = new Route(suspect.Proxy, authentication?.Certificate, authentication?.CertificatePassword);
        if (clients.TryGetValue(route, out var client))
        {
            return client;
        }

        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
        };
        if (route.Proxy is { } proxy)
        {
            sockets.Proxy = new WebProxy(proxy);
        }

        if (route.Certificate is { } path)
        {
            certificates.Add(ClientCertificate.Load(suspect.Name, path, route.Password, read));
            sockets.SslOptions.ClientCertificates = [certificates[^1]];
        }

        return clients[route] = new HttpClient(transport?.Invoke(sockets) ?? sockets) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What decides whether two suspects may use the same connections.</summary>
    private sealed record Route(Uri? Proxy, string? Certificate, Secret? Password);
}
