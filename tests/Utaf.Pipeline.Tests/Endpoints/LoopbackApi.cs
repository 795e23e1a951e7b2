using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>
/// A web server of a few lines on loopback that can do what proper ones cannot: cut a connection, drip, lie about its length, ask
/// for a client certificate, be a proxy.
/// </summary>
internal sealed class LoopbackApi : IDisposable
{
    private const byte TlsHandshake = 0x16;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Func<Call, Reply> answer;
    private readonly X509Certificate2? certificate;
    private readonly bool asksForCertificate;
    private int count;

    public LoopbackApi(Func<Call, Reply> answer, X509Certificate2? certificate = null, bool asksForCertificate = false)
    {
        this.answer = answer;
        this.certificate = certificate;
        this.asksForCertificate = asksForCertificate;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public Uri Url => new($"{(certificate is null ? "http" : "https")}://127.0.0.1:{Port}/models/m");

    /// <summary>What came in, in this order.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                _ = ServeAsync(client, end.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var connection = client;
        connection.NoDelay = true;
        try
        {
            using var stream = await SecuredAsync(connection.GetStream(), cancellationToken);
            while (await ReadAsync(stream, cancellationToken) is { } call)
            {
                Calls.Enqueue(call);
                var reply = answer(call);
                await WriteAsync(stream, reply, cancellationToken);
                if (reply.Cut)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The client went away, or is to be shown that we did.
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        if (certificate is null)
        {
            return stream;
        }

        var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null || !asksForCertificate);
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = asksForCertificate }, cancellationToken);
        return secured;
    }

    private async Task<Call?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head.TakeLast(4)]).Equals("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Add(one[0]);
            if (head is [TlsHandshake])
            {
                await WriteAsync(stream, new Reply(400, "this is http"), cancellationToken);
                return null;
            }
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, cancellationToken);
        var start = lines[0].Split(' ');
        return new Call(Interlocked.Increment(ref count), start[0], start[1], headers, body)
        {
            ClientCertificate = (stream as SslStream)?.RemoteCertificate?.Subject,
        };
    }

    /// <summary>Status line and headers.</summary>
    public static byte[] Head(Reply reply)
    {
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} Words\r\nContent-Length: {reply.DeclaredLength ?? reply.Body.Length}\r\n");
        foreach (var (name, value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private static async Task WriteAsync(Stream stream, Reply reply, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(reply.IsRaw ? [] : Head(reply), cancellationToken);
        foreach (var part in reply.Body.Chunk(reply.Drip > TimeSpan.Zero ? 1 : 1 << 16))
        {
            await Task.Delay(reply.Drip, cancellationToken);
            await stream.WriteAsync(part, cancellationToken);
        }

        await stream.FlushAsync(cancellationToken);
    }
}

/// <summary>A request as the server saw it.</summary>
internal sealed record Call(int Number, string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? ClientCertificate { get; init; }
}

/// <summary>What the server says.</summary>
internal sealed record Reply(int Status, byte[] Body)
{
    public Reply(int status, string body = "")
        : this(status, Encoding.UTF8.GetBytes(body))
    {
    }

    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>A length that the body does not have.</summary>
    public int? DeclaredLength { get; init; }

    /// <summary>Waited before each byte of the body.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>The body is all that is sent: it has its own status line and headers, or what is left of them.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Closes the connection afterwards.</summary>
    public bool Cut { get; init; }
}
