using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Utaf.Pipeline.Tests.Peers;

/// <summary>A peer's server: started on loopback by the fixture that needs it, ended with it by its process id.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder said = new();

    private PeerProcess(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it said so far, for a failed test's message.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Starts a server and waits until its port answers.</summary>
    public static async Task<PeerProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        int port,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var peer = new PeerProcess(program, arguments, folder, environment);
        var started = Stopwatch.StartNew();
        while (!await AnswersAsync(port))
        {
            if (peer.process.HasExited || started.Elapsed > Patience)
            {
                var said = peer.Said;
                peer.Dispose();
                throw new InvalidOperationException($"{program} does not answer on port {port}:\n{said}");
            }

            await Task.Delay(50);
        }

        return peer;
    }

    /// <summary>A port of the loopback that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }
}
