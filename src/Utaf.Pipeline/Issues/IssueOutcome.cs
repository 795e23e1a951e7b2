namespace Utaf.Issues;

/// <summary>What became of a finding on GitHub.</summary>
public enum IssueAction
{
    /// <summary>There is no open issue, and the finding gives no reason to open one. Nothing was posted.</summary>
    NothingToReport,

    /// <summary>An issue was opened.</summary>
    Opened,

    /// <summary>The finding was added to the open issue as a comment.</summary>
    Commented,

    /// <summary>The issue has this finding already, or one that says the same. Nothing was posted.</summary>
    AlreadyReported,
}

/// <summary>Where a finding was reported.</summary>
/// <param name="Url">The issue's address for people; null if there is no issue.</param>
/// <param name="Number">The issue's number; null if there is no issue.</param>
/// <param name="Action">What was done.</param>
public sealed record IssueOutcome(string? Url, int? Number, IssueAction Action)
{
    /// <summary>What could not be done though the issue was opened, such as assigning somebody; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
