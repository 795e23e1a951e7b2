using System.Globalization;
using System.Net;
using Azure;
using Azure.Storage.Blobs.Models;
using Utaf.Endpoints;

namespace Utaf.Stores;

/// <summary>What Azure's errors mean for the user of a store. The SDK's own words, which quote requests, are not shown.</summary>
/// <param name="address">The store.</param>
/// <param name="host">The storage account's host.</param>
/// <param name="access">How we are known to it.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class AzureFailures(AzureAddress address, string host, AzureAccess access, TimeProvider time)
{
    /// <summary>Azure itself allows 15 minutes; a machine that is 5 off is ill enough to be told.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Does something, and tells in our words why it fails.</summary>
    /// <param name="need">What the request is for.</param>
    /// <param name="request">Does it.</param>
    /// <param name="cancellationToken">The caller's: only then is a cancellation one.</param>
    /// <exception cref="UtafException">UTAF1305, UTAF1316–UTAF1322.</exception>
    public async Task<T> TellAsync<T>(AzureNeed need, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not UtafException)
        {
            throw Explain(exception, need) ?? Errors.StoreUnusable(address.Text, $"{exception.GetType().Name}.", exception);
        }
    }

    private UtafException? Explain(Exception exception, AzureNeed need) => exception switch
    {
        // After its last retry the SDK throws all attempts' failures together; they are alike.
        AggregateException { InnerExceptions: [.., var last] } => Explain(last, need),
        RequestFailedException { Status: 0 } => Unreachable(exception),
        RequestFailedException failed => Explain(failed, need),
        OperationCanceledException or IOException or HttpRequestException => Unreachable(exception),
        _ when access.Kind == AzureAccessKind.Identity && AzureIdentity.IsFailure(exception) =>
            Errors.NoAzureIdentity(address.Text, Shown(exception), exception),
        _ => null,
    };

    private UtafException Explain(RequestFailedException failed, AzureNeed need)
    {
        var code = ForeignText.Shown(failed.ErrorCode ?? "");
        var error = code.Length == 0 ? $"HTTP {failed.Status}" : $"HTTP {failed.Status}, {code}";
        if (failed.ErrorCode == BlobErrorCode.ContainerNotFound || failed.ErrorCode == BlobErrorCode.ContainerBeingDeleted)
        {
            return Errors.ContainerMissing(address.Text, address.Container, failed);
        }

        if ((HttpStatusCode)failed.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
        {
            return Errors.StoreUnusable(address.Text, $"Azure answered {error}.", failed);
        }

        // AuthorizationFailure is said of firewalls, of missing permissions and, by the emulator, of wrong signatures.
        var ambiguous = failed.ErrorCode == BlobErrorCode.AuthorizationFailure;
        var unknown = failed.Status == (int)HttpStatusCode.Unauthorized || failed.ErrorCode == BlobErrorCode.AuthenticationFailed;
        if ((ambiguous || unknown) && OutOfTime(failed) is { } late)
        {
            return late;
        }

        return unknown
            ? Errors.AzureRefusesIdentity(address.Text, error, access.Refused, failed)
            : Errors.AzurePermissionMissing(address.Text, error, access.Missing(need) + (ambiguous ? $" If all that is so, {access.Refused}" : ""), failed);
    }

    /// <summary>Whether a signature is refused because of its time, or ours.</summary>
    private UtafException? OutOfTime(RequestFailedException failed)
    {
        if (failed.GetRawResponse()?.Headers.Date is not { } there)
        {
            return null;
        }

        if (access.Expiry < there)
        {
            return Errors.SasNotValidNow(address.Text, access.Variable, $"expired at {Text(access.Expiry.Value)}", failed);
        }

        var here = time.GetUtcNow();
        if ((there - here).Duration() > Skew)
        {
            return Errors.ClockSkew(address.Text, here, there, failed);
        }

        return there < access.Start
            ? Errors.SasNotValidNow(address.Text, access.Variable, $"is valid from {Text(access.Start.Value)} on only", failed)
            : null;
    }

    private UtafException Unreachable(Exception exception) => Errors.StoreUnreachable(address.Text, host, Shown(exception), exception);

    /// <summary>The one that says what happened; those around it say that something did.</summary>
    private static string Shown(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return $"{ForeignText.Shown(exception.Message).TrimEnd('.')}.";
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
