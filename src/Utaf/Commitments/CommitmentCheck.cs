namespace Utaf.Commitments;

/// <summary>What the published commitment of a pair says for it.</summary>
/// <param name="Statement">The in-toto statement's file or place.</param>
/// <param name="Matches">Whether the statement commits to this very pair and model artifact.</param>
/// <param name="CommittedUtc">When, as the statement says; null if it does not.</param>
/// <param name="OlderThanFirstQuery">Whether that is before the suspect's first query; null where one of the times is unknown.</param>
/// <param name="Detail">In one sentence: what agrees, or what differs, and how far the time can be trusted.</param>
public sealed record CommitmentCheck(
    string Statement,
    bool Matches,
    DateTimeOffset? CommittedUtc,
    bool? OlderThanFirstQuery,
    string Detail);
