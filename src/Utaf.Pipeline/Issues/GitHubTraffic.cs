using System.Net.Http.Headers;
using Utaf.Endpoints;

namespace Utaf.Issues;

/// <summary>
/// What every request passes: it goes to the API's own host or not at all, a second passes between two requests that make something
/// (GitHub asks for that), and an answer must be JSON.
/// </summary>
internal sealed class GitHubTraffic : DelegatingHandler
{
    private const int LargestResponse = 64 << 20;
    private const int FirstServerError = 500;

    private readonly GitHubAccess access;
    private readonly RequestPace pace;

    public GitHubTraffic(GitHubAccess access, TimeProvider time, HttpMessageHandler inner)
        : base(inner)
    {
        this.access = access;
        pace = new RequestPace(time);
        pace.Limit(1);
    }

    /// <summary>Stops whatever is under way: Octokit takes no such token.</summary>
    public CancellationToken Stop { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stop);
        var target = request.RequestUri!;
        if (target.Origin() != access.Api.Origin())
        {
            throw Errors.GitHubElsewhere(access.Repository, access.Server, access.Shown(target.WithoutSecrets()));
        }

        if (request.Content is { } content)
        {
            // Octokit calls its JSON a form.
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (request.Method != HttpMethod.Get)
        {
            await pace.WaitAsync(linked.Token).ConfigureAwait(false);
        }

        var response = await base.SendAsync(request, linked.Token).ConfigureAwait(false);
        if (response.Headers.Location is { IsAbsoluteUri: false } place)
        {
            // Octokit follows absolute ones only.
            response.Headers.Location = new Uri(target, place);
        }

        await response.Content.LoadIntoBufferAsync(LargestResponse, linked.Token).ConfigureAwait(false);
        return IsJsonOrNothing(response)
            ? response
            : throw access.NotGitHub($"HTTP {(int)response.StatusCode} with {access.Shown(response.Content.Headers.ContentType?.ToString() ?? "no type")}");
    }

    /// <summary>Servers in front of the API say in HTML that they fail.</summary>
    private static bool IsJsonOrNothing(HttpResponseMessage response) =>
        (int)response.StatusCode >= FirstServerError
        || (int)response.StatusCode is >= 300 and < 400
        || response.Content.Headers.ContentLength == 0
        || response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true;
}
