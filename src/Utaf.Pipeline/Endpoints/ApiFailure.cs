using System.Net.Sockets;
using System.Security.Authentication;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>Why a request got no answers.</summary>
/// <param name="Reason">In a few words, for the verdict.</param>
/// <param name="Error">What the user is told if the suspect has not answered anything yet; null: the verdict says enough.</param>
/// <param name="IsFinal">Whether further requests would fare no better.</param>
internal sealed record ApiFailure(string Reason, UtafException? Error = null, bool IsFinal = false)
{
    public static ApiFailure BudgetSpent(int budget) => new($"the query budget of {budget} is spent", IsFinal: true);

    /// <summary>A response with a status other than success.</summary>
    public static ApiFailure Of(ApiReply reply, ApiRequest request, SuspectSettings suspect, Credentials credentials)
    {
        var status = (int)reply.Status;
        var reason = $"HTTP {status}";
        return status switch
        {
            >= 300 and < 400 when reply.RedirectedTo is { } elsewhere => new(
                "it redirects elsewhere",
                Errors.RedirectedElsewhere(suspect.Name, reply.Address.WithoutSecrets(), ForeignText.Shown(credentials.Redact(elsewhere.WithoutSecrets()))),
                IsFinal: true),
            401 or 403 => new(reason, Errors.SuspectRefusesAccess(suspect.Name, status, credentials.Advice(reply.Status)), IsFinal: true),
            407 => new(reason, Errors.ProxyRefuses(suspect.Name, "it wants to know who we are (HTTP 407)."), IsFinal: true),
            404 or 405 or 410 => new(reason, Errors.NothingServed(suspect.Name, status, reply.Address.WithoutSecrets()), IsFinal: true),
            413 => new(reason, Errors.BatchTooLarge(suspect.Name, request.Queries, request.Body?.Body.Length ?? 0)),
            408 or 429 or >= 500 => new(reason, Errors.SuspectSilent(suspect.Name, reply.Attempts, $"{reason}.")),
            _ => new(reason, Errors.SuspectRefusesInputs(suspect.Name, status, Said(reply, credentials))),
        };
    }

    /// <summary>No response.</summary>
    public static ApiFailure Of(AttemptsFailedException failed, SuspectSettings suspect, Credentials credentials)
    {
        var host = suspect.Url!.Origin();
        var inner = failed.InnerException!;
        var detail = $"{ForeignText.Shown(credentials.Redact(Innermost(inner).Message)).TrimEnd('.')}.";
        return inner switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } tls => new(
                "no secure connection", Errors.NoSecureConnection(suspect.Name, host, detail, tls)),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } lost => new(
                "its host cannot be reached", Errors.SuspectUnreachable(suspect.Name, host, detail, lost)),
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } proxy => new(
                "the proxy refuses", Errors.ProxyRefuses(suspect.Name, detail, proxy), IsFinal: true),
            TimeoutRejectedException late => new(
                "no complete response within the time limit",
                Errors.SuspectSilent(suspect.Name, failed.Attempts, $"no complete response within {suspect.Limits.TimeoutSeconds:0.###} s.", late)),
            BrokenCircuitException => new(
                "its host fails too often", Errors.SuspectSilent(suspect.Name, failed.Attempts, "its host failed so often that it was left alone for a while.", inner)),
            _ => new("the connection broke", Errors.SuspectSilent(suspect.Name, failed.Attempts, detail, inner)),
        };
    }

    private static string Said(ApiReply reply, Credentials credentials)
    {
        var said = ForeignText.Shown(credentials.Redact(ForeignText.Unshortened(reply.Body)));
        return said.Length == 0 ? "it gives no reason." : $"'{said}'.";
    }

    /// <summary>The one that says what happened; those around it say that something did.</summary>
    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}

/// <summary>Which network failures another attempt cannot mend.</summary>
internal static class NetworkFailures
{
    /// <summary>The name does not exist, the proxy refuses, or the certificate is not trusted.</summary>
    public static bool IsLasting(this HttpRequestException exception) => exception switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError, InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } => true,
        { HttpRequestError: HttpRequestError.ProxyTunnelError } => true,
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException } => true,
        _ => false,
    };
}
