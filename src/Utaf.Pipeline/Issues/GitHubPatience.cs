using System.Globalization;
using System.Net;
using Octokit;

namespace Utaf.Issues;

/// <summary>
/// Repeats work that GitHub did not let through: after the time it asks for where a rate limit is reached, after some seconds where
/// it fails or the connection breaks. The work must bear to be begun anew.
/// </summary>
/// <param name="access">For the errors.</param>
/// <param name="time">The clock.</param>
internal sealed class GitHubPatience(GitHubAccess access, TimeProvider time)
{
    /// <summary>The longest that one piece of work waits, all waits together.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private const int MostFailures = 4;
    private const HttpStatusCode TooManyRequests = HttpStatusCode.TooManyRequests;

    /// <summary>GitHub asks for at least a minute where it names no time.</summary>
    private static readonly TimeSpan UnnamedWait = TimeSpan.FromMinutes(1);

    /// <exception cref="UtafException">UTAF1702 to 1705, 1707, 1710, 1711, 1715.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        var failures = 0;
        while (true)
        {
            TimeSpan wait;
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (ApiException exception) when (LimitOf(exception) is { } limit)
            {
                wait = limit;
                if (waited + wait > LongestWait)
                {
                    var until = (time.GetUtcNow() + wait).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
                    throw Errors.GitHubRateLimited(access.Repository, until, Said(exception));
                }
            }
            catch (Exception exception) when (IsPassing(exception, cancellationToken))
            {
                failures++;
                wait = failures < MostFailures ? TimeSpan.FromSeconds(1 << (failures - 1)) : throw Explained(exception, failures);
            }
            catch (ApiException exception)
            {
                throw Explained(exception, failures);
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            waited += wait;
        }
    }

    /// <summary>How long GitHub asks to wait; null if that is not what the answer is about.</summary>
    private TimeSpan? LimitOf(ApiException exception)
    {
        if (exception.StatusCode is not (HttpStatusCode.Forbidden or TooManyRequests))
        {
            return null;
        }

        var headers = exception.HttpResponse?.Headers ?? new Dictionary<string, string>();
        var now = time.GetUtcNow();
        if (Number(headers, "Retry-After") is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (Number(headers, "X-RateLimit-Remaining") == 0 && Number(headers, "X-RateLimit-Reset") is { } reset)
        {
            // The header counts whole seconds, and clocks differ a little.
            var wait = DateTimeOffset.FromUnixTimeSeconds(reset) - now + TimeSpan.FromSeconds(1);
            return wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
        }

        return exception is RateLimitExceededException or SecondaryRateLimitExceededException or AbuseException
            || exception.StatusCode == TooManyRequests
            ? UnnamedWait
            : null;
    }

    private static long? Number(IReadOnlyDictionary<string, string> headers, string name)
    {
        // Octokit keeps the names as the server wrote them.
        var value = headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        return uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static bool IsPassing(Exception exception, CancellationToken stop) => exception switch
    {
        ApiException api => (int)api.StatusCode >= 500,
        HttpRequestException or IOException => true,
        OperationCanceledException => !stop.IsCancellationRequested,
        _ => false,
    };

    private UtafException Explained(Exception exception, int failures) => exception switch
    {
        ApiException { StatusCode: >= HttpStatusCode.InternalServerError } failing => Errors.GitHubFailing(access.Repository, (int)failing.StatusCode, failures),
        ApiException { StatusCode: HttpStatusCode.Unauthorized } refused => Errors.GitHubTokenRejected(access.Repository, access.TokenSource, Said(refused)),
        ApiException { StatusCode: HttpStatusCode.Forbidden } refused => Errors.GitHubForbidden(access.Repository, access.TokenSource, Said(refused)),
        ApiException { StatusCode: HttpStatusCode.NotFound } => Errors.RepositoryNotFound(access.Repository, access.Server),
        ApiException { StatusCode: HttpStatusCode.Gone } => Errors.IssuesTurnedOff(access.Repository, "with issues turned off"),
        ApiException refused => Errors.GitHubRefused(access.Repository, (int)refused.StatusCode, Said(refused)),
        HttpRequestException or IOException => Errors.GitHubUnreachable(access.Repository, access.Server, Sentence(Innermost(exception)), exception),
        _ => Errors.GitHubUnreachable(access.Repository, access.Server, "It did not answer in time.", exception),
    };

    private string Said(ApiException exception)
    {
        var errors = (exception.ApiError?.Errors ?? []).Select(error => error.Message ?? $"{error.Field} is {error.Code}");
        return Sentence(string.Join("; ", new[] { exception.ApiError?.Message ?? exception.Message }.Concat(errors)));
    }

    private string Sentence(string text) => access.Shown(text).TrimEnd('.') + ".";

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
