using System.Net;
using System.Net.Sockets;

namespace Utaf.Tool.Serving;

/// <summary>Where the server listens.</summary>
/// <param name="Host">As the user wrote it.</param>
/// <param name="Address">Its address on this machine.</param>
/// <param name="Port">0: a free one.</param>
internal sealed record ServerAddress(string Host, IPAddress Address, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Address);

    /// <summary>Reads a host: an IP address, <c>localhost</c>, or <c>*</c> for every address of the machine.</summary>
    /// <exception cref="UtafException">UTAF1803: another name. UTAF1001: no such port.</exception>
    public static ServerAddress Parse(string host, int port)
    {
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw Errors.BadOption("--port", $"{port}", "a whole number from 0 (any free port) to 65535");
        }

        return host switch
        {
            "localhost" => new(host, IPAddress.Loopback, port),
            "*" => new(host, IPAddress.Any, port),
            _ => IPAddress.TryParse(host, out var address) ? new(host, address, port) : throw Errors.BadHost(host),
        };
    }

    /// <summary>Why the server cannot listen there, in the user's terms; null where that is not the reason.</summary>
    public UtafException? Obstacle(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch ((inner as SocketException)?.SocketErrorCode)
            {
                case SocketError.AddressAlreadyInUse:
                    return Errors.PortInUse(Host, Port);
                case SocketError.AccessDenied:
                    return Errors.PortNotPermitted(Host, Port);
                case SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported:
                    return Errors.BadHost(Host);
            }
        }

        return null;
    }

    /// <summary>The base address for clients on this machine.</summary>
    /// <param name="port">The port that was chosen.</param>
    public string Url(int port)
    {
        var reachable = Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : Address;
        return $"http://{new IPEndPoint(reachable, port)}";
    }
}
