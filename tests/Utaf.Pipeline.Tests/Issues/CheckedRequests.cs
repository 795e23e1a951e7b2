using System.Collections.Concurrent;
using System.Text.Json;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>Remembers requests and what GitHub's OpenAPI description has against them; may go wrong where a test says so.</summary>
internal sealed class CheckedRequests : DelegatingHandler
{
    private int count;

    public CheckedRequests()
        : base(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
    }

    /// <summary>Called with the request's number, from 1, before it is sent.</summary>
    public Func<int, HttpRequestMessage, Task> Before { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Called when the server has acted.</summary>
    public Func<int, HttpResponseMessage, Task> After { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Method and path, in this order.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>What is wrong with requests.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref count);
        await Before(number, request);
        Sent.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath}");
        var response = await base.SendAsync(request, cancellationToken);
        foreach (var violation in InRequest(response))
        {
            Violations.Enqueue($"{Sent.Last()}: {violation}");
        }

        await After(number, response);
        return response;
    }

    /// <summary>The emulator's own answers are not what is tested.</summary>
    public static IEnumerable<string> InRequest(HttpResponseMessage response) =>
        response.Headers.TryGetValues("sl-violations", out var values)
            ? JsonDocument.Parse(string.Join(',', values)).RootElement.EnumerateArray()
                .Where(violation => violation.GetProperty("location")[0].GetString() == "request")
                .Select(violation => violation.GetRawText())
            : [];
}
