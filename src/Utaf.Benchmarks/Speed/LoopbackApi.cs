using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Utaf.Benchmarks.Speed;

/// <summary>A prediction API on this machine that answers at once: one number for each input, by the Open Inference Protocol v2.</summary>
internal sealed class LoopbackApi : IDisposable
{
    private readonly HttpListener listener = new();

    public LoopbackApi()
    {
        var root = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(root);
        listener.Start();
        Address = $"{root}v2/models/sample";
        _ = AnswerAsync();
    }

    /// <summary>The model's.</summary>
    public string Address { get; }

    public void Dispose() => listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync().ConfigureAwait(false);
                var answer = context.Request.HttpMethod == "POST" ? await OutputsAsync(context.Request).ConfigureAwait(false) : Description;
                context.Response.ContentType = "application/json";
                await JsonSerializer.SerializeAsync(context.Response.OutputStream, answer).ConfigureAwait(false);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the measurement is over.
        }
    }

    private static object Description => new
    {
        name = "sample",
        versions = new[] { "1" },
        platform = "none",
        inputs = new[] { new { name = "input0", datatype = "FP32", shape = new[] { -1, SamplePair.Features } } },
        outputs = new[] { new { name = "output0", datatype = "FP32", shape = new[] { -1, 1 } } },
    };

    private static async Task<object> OutputsAsync(HttpListenerRequest request)
    {
        using var asked = await JsonDocument.ParseAsync(request.InputStream).ConfigureAwait(false);
        var count = asked.RootElement.GetProperty("inputs")[0].GetProperty("shape")[0].GetInt32();
        return new
        {
            model_name = "sample",
            id = asked.RootElement.TryGetProperty("id", out var id) ? id.GetString() : null,
            outputs = new[] { new { name = "output0", datatype = "FP32", shape = new[] { count, 1 }, data = Enumerable.Range(0, count).Select(i => i / (float)count) } },
        };
    }
}
