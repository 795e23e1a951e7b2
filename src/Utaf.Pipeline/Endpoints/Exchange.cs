namespace Utaf.Endpoints;

/// <summary>One request and what came back: a line of the transcript. It holds digests, no inputs.</summary>
/// <param name="Number">From 1, in the order of sending.</param>
/// <param name="Attempt">1 for the first attempt at this batch.</param>
/// <param name="Url">Without query string and user information.</param>
/// <param name="SentUtc">When the request began.</param>
/// <param name="Duration">Until the response was read.</param>
/// <param name="Queries">Inputs in the request, which count against the budget; 0 for a description.</param>
/// <param name="RequestSha256">SHA-256 of the request's body; of nothing for a description.</param>
/// <param name="Status">The HTTP status; null if there was no response.</param>
/// <param name="ResponseSha256">SHA-256 of the response's body after decompression; null if it was not read to its end.</param>
/// <param name="Problem">Why the exchange gave no answers; null if it did.</param>
public sealed record Exchange(
    int Number,
    int Attempt,
    string Url,
    DateTimeOffset SentUtc,
    TimeSpan Duration,
    int Queries,
    string RequestSha256,
    int? Status,
    string? ResponseSha256,
    string? Problem);

/// <summary>What a transcript says in a few numbers, for reports.</summary>
/// <param name="Exchanges">Requests sent.</param>
/// <param name="Queries">Inputs sent, repeats counted.</param>
/// <param name="Budget">The most inputs that might have been sent.</param>
/// <param name="Refused">Requests that gave no answers.</param>
/// <param name="FirstUtc">When the first request was sent; null if none was.</param>
/// <param name="LastUtc">When the last response came; null if none was sent.</param>
/// <param name="Sha256">SHA-256 of the transcript's file.</param>
/// <param name="File">The transcript's path; null if it was not kept.</param>
/// <param name="Notes">What a reader should know, such as that the order of the answers could not be checked.</param>
public sealed record TranscriptSummary(
    int Exchanges,
    int Queries,
    int Budget,
    int Refused,
    DateTimeOffset? FirstUtc,
    DateTimeOffset? LastUtc,
    string Sha256,
    string? File,
    IReadOnlyList<string> Notes);
