using Octokit;
using Octokit.Internal;

namespace Utaf.Issues;

/// <summary>The few things that are asked of a repository.</summary>
internal sealed class GitHubRepository : IDisposable
{
    private const int PageSize = 100;
    private const string LabelColour = "b60205";
    private const string LabelDescription = "Opened by UTAF: a suspect answers like one of our models";

    private readonly GitHubAccess access;
    private readonly GitHubTraffic traffic;
    private readonly HttpClientAdapter http;
    private readonly GitHubClient client;
    private bool usable;

    /// <param name="access">Which repository, and the token.</param>
    /// <param name="time">The clock that requests are spaced by.</param>
    /// <param name="handler">Sends requests; it follows no redirects itself.</param>
    public GitHubRepository(GitHubAccess access, TimeProvider time, HttpMessageHandler handler)
    {
        this.access = access;
        traffic = new GitHubTraffic(access, time, handler);
        http = new HttpClientAdapter(() => traffic);
        var store = new InMemoryCredentialStore(new Credentials(access.Token, AuthenticationType.Bearer));

        // The other constructors add /api/v3 to the address.
        client = new GitHubClient(new Connection(new ProductHeaderValue("utaf"), access.Api, store, http, new GitHubJson(access)));
    }

    /// <summary>Stops whatever is under way.</summary>
    public CancellationToken Stop
    {
        set => traffic.Stop = value;
    }

    /// <summary>Asks once whether the repository is there and takes issues.</summary>
    /// <exception cref="UtafException">UTAF1705, UTAF1708.</exception>
    public async Task CheckAsync()
    {
        if (!usable)
        {
            var repository = await client.Repository.Get(access.Owner, access.Name).ConfigureAwait(false);
            usable = repository switch
            {
                null or { FullName: null or "" } => throw access.NotGitHub("an answer about no repository"),
                { Archived: true } => throw Errors.IssuesTurnedOff(access.Repository, "that is archived and takes no changes"),
                { HasIssues: false } => throw Errors.IssuesTurnedOff(access.Repository, "with issues turned off"),
                _ => true,
            };
        }
    }

    /// <summary>All issues with a label, open and closed, without pull requests, by number.</summary>
    /// <remarks>Listed, not searched: a search finds a new issue only after a while. Only people with the role Triage can set labels.</remarks>
    public async Task<IReadOnlyList<Issue>> IssuesAsync(string label)
    {
        var request = new RepositoryIssueRequest { State = ItemStateFilter.All, SortProperty = IssueSort.Created, SortDirection = SortDirection.Ascending };
        request.Labels.Add(label);
        var issues = await AllAsync(page => client.Issue.GetAllForRepository(access.Owner, access.Name, request, page)).ConfigureAwait(false);
        return [.. issues.Where(issue => issue.PullRequest is null).DistinctBy(issue => issue.Number).OrderBy(issue => issue.Number)];
    }

    /// <summary>All comments on an issue, the oldest first.</summary>
    public Task<IReadOnlyList<IssueComment>> CommentsAsync(int issue) =>
        AllAsync(page => client.Issue.Comment.GetAllForIssue(access.Owner, access.Name, issue, page));

    public async Task<Issue> OpenAsync(NewIssue issue) =>
        await client.Issue.Create(access.Owner, access.Name, issue).ConfigureAwait(false) ?? throw access.NotGitHub("an answer about no issue");

    public Task CommentAsync(int issue, string text) => client.Issue.Comment.Create(access.Owner, access.Name, issue, text);

    /// <summary>Closes an issue that nothing is to be done about.</summary>
    public Task CloseAsync(Issue issue) => client.Issue.Update(
        access.Owner,
        access.Name,
        issue.Number,
        new IssueUpdate { State = ItemState.Closed, StateReason = ItemStateReason.NotPlanned, Milestone = issue.Milestone?.Number });

    /// <summary>Makes a label if it is missing.</summary>
    public async Task EnsureLabelAsync(string label)
    {
        try
        {
            // Octokit leaves a slash in the name as it is.
            await client.Issue.Labels.Get(access.Owner, access.Name, Uri.EscapeDataString(label)).ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            try
            {
                var made = new NewLabel(label, LabelColour) { Description = LabelDescription };
                await client.Issue.Labels.Create(access.Owner, access.Name, made).ConfigureAwait(false);
            }
            catch (ApiValidationException)
            {
                // Somebody else made it meanwhile.
            }
        }
    }

    /// <summary>Whether somebody can be assigned to issues here.</summary>
    public Task<bool> CanAssignAsync(string login) => client.Issue.Assignee.CheckAssignee(access.Owner, access.Name, login);

    public void Dispose() => http.Dispose();

    /// <summary>Pages by their numbers: a link in an answer could lead elsewhere, and the token with it.</summary>
    private static async Task<IReadOnlyList<T>> AllAsync<T>(Func<ApiOptions, Task<IReadOnlyList<T>>> get)
    {
        var all = new List<T>();
        for (var page = 1; ; page++)
        {
            var some = await get(new ApiOptions { StartPage = page, PageCount = 1, PageSize = PageSize }).ConfigureAwait(false);
            all.AddRange(some);
            if (some.Count < PageSize)
            {
                return all;
            }
        }
    }
}
