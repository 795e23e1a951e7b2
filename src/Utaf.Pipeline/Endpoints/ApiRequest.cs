using System.Net;

namespace Utaf.Endpoints;

/// <summary>A request to a suspect, to be sent until it is answered.</summary>
/// <param name="Address">Where to.</param>
/// <param name="Body">What is posted; null: the address is got.</param>
/// <param name="Queries">Inputs in the body; each attempt takes so many from the budget.</param>
/// <param name="Budget">The most inputs that may ever be sent.</param>
/// <param name="Read">Reads a successful response's body. What it throws ends the attempts and is recorded.</param>
/// <param name="Transcript">Where the attempts are recorded.</param>
internal sealed record ApiRequest(
    Uri Address, PredictionRequest? Body, int Queries, int Budget, Action<byte[]> Read, Transcript Transcript)
{
    /// <summary>Whether the budget allows (another) attempt now.</summary>
    public bool IsWithinBudget => Queries == 0 || (long)Transcript.Queries + Queries <= Budget;
}

/// <summary>The response that ended the attempts.</summary>
/// <param name="Status">Of any kind.</param>
/// <param name="Body">Decompressed.</param>
/// <param name="Address">Where it came from, after redirects.</param>
/// <param name="RedirectedTo">Where a redirect leads that was not followed; null if it is none.</param>
/// <param name="Attempts">How often it was asked, at least 1.</param>
internal sealed record ApiReply(HttpStatusCode Status, byte[] Body, Uri Address, Uri? RedirectedTo, int Attempts)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}

/// <summary>The query budget does not allow another attempt.</summary>
internal sealed class QueryBudgetSpentException() : Exception("the query budget is spent");

/// <summary>No attempt got a response.</summary>
/// <param name="attempts">How many were made; 0 where the host's circuit breaker let none through.</param>
/// <param name="last">Why the last one failed.</param>
internal sealed class AttemptsFailedException(int attempts, Exception last) : Exception(last.Message, last)
{
    public int Attempts => attempts;
}
