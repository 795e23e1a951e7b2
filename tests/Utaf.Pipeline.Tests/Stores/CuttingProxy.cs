using System.Net;
using System.Net.Sockets;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>A network that breaks: passes bytes on to a server until so many went up, then closes every connection until mended.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly int server;
    private long left = long.MaxValue;

    public CuttingProxy(int server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many bytes go up before the cut.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref left, bytes);

    /// <summary>Lets everything pass again.</summary>
    public void Mend() => CutAfter(long.MaxValue);

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await listener.AcceptTcpClientAsync(end.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var up = new TcpClient();
        using (client)
        {
            try
            {
                await up.ConnectAsync(IPAddress.Loopback, server, end.Token);
                await Task.WhenAny(PumpUpAsync(client.GetStream(), up.GetStream()), up.GetStream().CopyToAsync(client.GetStream(), end.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private async Task PumpUpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, end.Token) is > 0 and var count)
        {
            var pass = Interlocked.Add(ref left, -count) + count;
            await to.WriteAsync(buffer.AsMemory(0, (int)Math.Clamp(pass, 0, count)), end.Token);
            if (pass < count)
            {
                return;
            }
        }
    }
}
