namespace Utaf.Pipeline.Tests.Stores;

/// <summary>Answers some requests itself, and passes the others on.</summary>
/// <param name="answer">Given the request and how many came before; null: pass it on.</param>
internal sealed class Scripted(Func<HttpRequestMessage, int, HttpResponseMessage?> answer) : DelegatingHandler(new HttpClientHandler())
{
    private int count = -1;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        answer(request, Interlocked.Increment(ref count)) ?? await base.SendAsync(request, cancellationToken);
}
