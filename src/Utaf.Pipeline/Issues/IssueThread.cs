using Octokit;

namespace Utaf.Issues;

/// <summary>An issue and the comments on it, as far as they can be believed.</summary>
internal sealed class IssueThread(GitHubRepository repository, Issue issue)
{
    /// <summary>What was reported in it, the oldest first.</summary>
    public async Task<IReadOnlyList<ReportedState>> ReportedAsync() =>
        [.. (await TrustedCommentsAsync().ConfigureAwait(false)).Prepend(issue.Body).SelectMany(ReportedState.In)];

    /// <summary>Adds a finding, unless it is there already, or is no suspicion and says nothing new.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddAsync(IssueText text, ReportedState state)
    {
        var reported = await ReportedAsync().ConfigureAwait(false);
        var before = reported.LastOrDefault(earlier => earlier.Version == state.Version) ?? (reported is [.., var last] ? last : null);
        var saysNothingNew = !text.IsSuspicion && before is not null && state.ChangesSince(before).Count == 0;
        if (saysNothingNew || reported.Any(earlier => earlier.Evidence == state.Evidence))
        {
            return false;
        }

        await repository.CommentAsync(issue.Number, text.Comment(state, before)).ConfigureAwait(false);
        return true;
    }

    /// <summary>Says which issue this one repeats, once, and closes it.</summary>
    public async Task CloseAsDuplicateAsync(int first)
    {
        var comments = await TrustedCommentsAsync().ConfigureAwait(false);
        if (!comments.Any(text => IssueMarker.Lines(text).Contains(IssueMarker.DuplicateOf(first))))
        {
            await repository.CommentAsync(issue.Number, IssueText.Duplicate(first)).ConfigureAwait(false);
        }

        await repository.CloseAsync(issue).ConfigureAwait(false);
    }

    /// <summary>
    /// The texts of comments by whoever opened the issue, by people of the repository, and by apps that it installed: on a public
    /// repository anybody may comment, hidden lines included.
    /// </summary>
    private async Task<IEnumerable<string>> TrustedCommentsAsync() =>
        (await repository.CommentsAsync(issue.Number).ConfigureAwait(false)).Where(IsTrusted).Select(comment => comment.Body ?? "");

    private bool IsTrusted(IssueComment comment) =>
        comment.User?.Type == AccountType.Bot
        || (comment.User is { } user && user.Id == issue.User?.Id)
        || (comment.AuthorAssociation.TryParse(out var association)
            && association is AuthorAssociation.Owner or AuthorAssociation.Member or AuthorAssociation.Collaborator);
}
