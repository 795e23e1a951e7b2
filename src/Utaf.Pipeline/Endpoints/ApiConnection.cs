using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>
/// The way to one suspect: sends a request until it is answered, within the retries, the rate, the time limit and the query
/// budget, and records every attempt. Redirects are followed on the suspect's own host only.
/// </summary>
internal sealed class ApiConnection
{
    private const int MostRedirects = 3;

    /// <summary>A service that wants us to wait longer than this will not answer in this verification.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly ResiliencePropertyKey<ApiRequest> Sent = new("utaf.request");

    private readonly HttpClient client;
    private readonly TimeProvider time;
    private readonly long maxResponseBytes;
    private readonly ResiliencePipeline<HttpResponseMessage> pipeline;

    public ApiConnection(SuspectSettings suspect, HttpClient client, Credentials credentials, HostTraffic host, TimeProvider time)
    {
        this.client = client;
        this.time = time;
        Credentials = credentials;
        maxResponseBytes = suspect.Limits.MaxResponseBytes;
        pipeline = PipelineOf(suspect.Limits, host);
    }

    public Credentials Credentials { get; }

    /// <summary>Sends a request.</summary>
    /// <returns>The last attempt's response, of any status.</returns>
    /// <exception cref="BadAnswerException">A successful response was not understood, or is too large. It is not tried again.</exception>
    /// <exception cref="QueryBudgetSpentException">The budget does not allow (another) attempt.</exception>
    /// <exception cref="AttemptsFailedException">No attempt got a response.</exception>
    public async Task<ApiReply> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var attempt = 0;
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Sent, request);
            using var response = await pipeline
                .ExecuteAsync(async inner => await AttemptAsync(request, ++attempt, inner.CancellationToken, cancellationToken).ConfigureAwait(false), context)
                .ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return new ApiReply(response.StatusCode, body, response.RequestMessage!.RequestUri!, Target(response), attempt);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ExecutionRejectedException)
        {
            throw new AttemptsFailedException(attempt, exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline<HttpResponseMessage> PipelineOf(LimitSettings limits, HostTraffic host)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (limits.Retries > 0)
        {
            builder.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(0.5),
                MaxDelay = TimeSpan.FromSeconds(30),
                ShouldHandle = failed => ValueTask.FromResult(
                    HostTraffic.IsTransient(failed.Outcome)
                    && !IsTooLong(failed.Outcome.Result?.Headers.RetryAfter)
                    && failed.Context.Properties.GetValue(Sent, null!).IsWithinBudget),
            });
        }

        var seconds = Math.Clamp(limits.TimeoutSeconds, 0.01, TimeSpan.FromDays(1).TotalSeconds);
        return builder
            .AddPipeline(host.Pipeline)
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(seconds) })
            .Build();
    }

    private bool IsTooLong(RetryConditionHeaderValue? wait) =>
        wait?.Delta > LongestWait || wait?.Date - time.GetUtcNow() > LongestWait;

    /// <summary>One attempt: a request and, on the same host, the redirects that it meets.</summary>
    private async Task<HttpResponseMessage> AttemptAsync(ApiRequest request, int attempt, CancellationToken token, CancellationToken stop)
    {
        var address = request.Address;
        for (var redirects = 0; ; redirects++)
        {
            var response = await ExchangeAsync(request with { Address = address }, attempt, token, stop).ConfigureAwait(false);
            if (redirects == MostRedirects || Target(response) is not { } target || target.Origin() != address.Origin() || !Keeps(request, response))
            {
                return response;
            }

            address = target;
            response.Dispose();
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(ApiRequest request, int attempt, CancellationToken token, CancellationToken stop)
    {
        var transcript = request.Transcript;
        if (!request.IsWithinBudget)
        {
            throw new QueryBudgetSpentException();
        }

        using var message = Message(request);
        var sending = transcript.Begin(request.Address, attempt, request.Queries, Sha256(request.Body?.Body ?? []));
        var began = time.GetTimestamp();
        HttpStatusCode? status = null;
        string? digest = null;
        string? problem = "interrupted";
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            status = response.StatusCode;
            var body = await CappedBody.ReadAsync(response.Content, maxResponseBytes, token).ConfigureAwait(false);
            digest = Sha256(body);
            problem = response.IsSuccessStatusCode ? null : $"HTTP {(int)status}";
            if (response.IsSuccessStatusCode)
            {
                request.Read(body);
            }

            return Buffered(response, body, request.Address);
        }
        catch (OperationCanceledException)
        {
            problem = stop.IsCancellationRequested ? "stopped" : "no complete response within the time limit";
            throw;
        }
        catch (Exception exception)
        {
            problem = ForeignText.Shown(Credentials.Redact(exception.Message));
            throw;
        }
        finally
        {
            transcript.End(new Exchange(
                sending.Number, attempt, sending.Url, sending.SentUtc, time.GetElapsedTime(began), sending.Queries, sending.RequestSha256, (int?)status, digest, problem));
        }
    }

    private HttpRequestMessage Message(ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Body is null ? HttpMethod.Get : HttpMethod.Post, request.Address)
        {
            // HTTP/2 where TLS agrees on it; 1.1 elsewhere.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.ParseAdd("application/json");
        Credentials.AddTo(message.Headers);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body.Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(body.ContentType);
        }

        return message;
    }

    /// <summary>The body is in memory, so that reading it was part of the attempt; the headers are what the strategies need.</summary>
    private static HttpResponseMessage Buffered(HttpResponseMessage response, byte[] body, Uri address)
    {
        var buffered = new HttpResponseMessage(response.StatusCode)
        {
            Content = new ByteArrayContent(body),
            RequestMessage = new HttpRequestMessage(HttpMethod.Get, address),
        };
        buffered.Headers.RetryAfter = response.Headers.RetryAfter;
        buffered.Headers.Location = response.Headers.Location;
        return buffered;
    }

    private static Uri? Target(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location
            && Uri.TryCreate(response.RequestMessage!.RequestUri!, location, out var target)
            ? target
            : null;

    /// <summary>301, 302 and 303 turn a POST into a GET, which asks nothing.</summary>
    private static bool Keeps(ApiRequest request, HttpResponseMessage response) =>
        request.Body is null || response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
