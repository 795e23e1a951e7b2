using System.Net;
using Octokit;
using Utaf.Configuration;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Issues;

/// <summary>
/// Reports findings as GitHub issues: exactly one open issue for each model and suspect. A repeat becomes a comment that says what
/// changed; a later verdict that is clean or inconclusive is noted there; nothing that people opened or closed is touched.
/// </summary>
/// <remarks>
/// GitHub itself is the only memory. Each post names its verification in a hidden line, and before anything is posted it is looked up
/// what is there: whatever interrupted a report, the same call again ends where an uninterrupted one does. Calls take turns.
/// </remarks>
public sealed class PiracyIssues : IDisposable
{
    private const string UsualLabel = "model-piracy";
    private const int LongestLabel = 50;

    private readonly GitHubAccess access;
    private readonly GitHubRepository repository;
    private readonly GitHubPatience patience;
    private readonly IssueTemplate template;
    private readonly IReadOnlyList<string> labels;
    private readonly IReadOnlyList<string> assignees;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Checks the settings; nothing is sent yet.</summary>
    /// <param name="settings">Repository, token, labels, assignees, template.</param>
    /// <param name="environment">Reads an environment variable: <c>GITHUB_TOKEN</c>, <c>GITHUB_API_URL</c> and what the token's setting names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="handler">Sends requests and follows no redirects; disposed of with this. The usual one if null.</param>
    /// <exception cref="UtafException">UTAF1002, 1003, 1012, 1701, 1706, 1709, 1712, 1713: a setting is missing or wrong.</exception>
    public PiracyIssues(GitHubSettings settings, Func<string, string?> environment, TimeProvider time, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(time);
        this.time = time;
        access = new GitHubAccess(settings, environment);
        labels = settings.Labels.Count == 0 ? [UsualLabel] : [.. settings.Labels.Distinct(StringComparer.OrdinalIgnoreCase)];
        if (labels.FirstOrDefault(label => !IsLabel(label)) is { } wrong)
        {
            throw Errors.BadIssueLabel(Untrusted.Line(wrong));
        }

        assignees = [.. settings.Assignees.Distinct(StringComparer.OrdinalIgnoreCase)];
        template = IssueTemplate.Load(settings.Template);
        patience = new GitHubPatience(access, time);
        repository = new GitHubRepository(
            access, time, handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All });
    }

    /// <summary>Reports a finding, or finds that this was done already.</summary>
    /// <param name="finding">The finding; one without a verdict is never reported.</param>
    /// <param name="evidenceId">Names this verification: the same when a run is resumed, another in every other run.</param>
    /// <param name="cancellationToken">Stops it; called again, it goes on.</param>
    /// <exception cref="UtafException">UTAF1702 to 1705, 1707, 1708, 1710, 1711, 1714 to 1716.</exception>
    public async Task<IssueOutcome> ReportAsync(SuspectFinding finding, string evidenceId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentException.ThrowIfNullOrEmpty(evidenceId);
        if (finding.Verdict is not { } verdict)
        {
            return new(null, null, IssueAction.NothingToReport);
        }

        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            repository.Stop = cancellationToken;
            return await patience.RunAsync(() => ReportAsync(finding, verdict, evidenceId), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        repository.Dispose();
        turn.Dispose();
    }

    private async Task<IssueOutcome> ReportAsync(SuspectFinding finding, Verdict verdict, string evidenceId)
    {
        await repository.CheckAsync().ConfigureAwait(false);
        var text = new IssueText(finding, verdict);
        var state = ReportedState.Of(finding, verdict, evidenceId, time.GetUtcNow());
        var marker = new IssueMarker(finding.Manifest.Model.Name, finding.Suspect);
        var issues = await IssuesAsync(marker).ConfigureAwait(false);
        if (issues.FirstOrDefault(IsOpen) is { } first)
        {
            // A process that was killed may have left a second one.
            return await NoteAsync(first, text, state, issues.Where(IsOpen).Skip(1)).ConfigureAwait(false);
        }

        if (!text.IsSuspicion)
        {
            return new(null, null, IssueAction.NothingToReport);
        }

        if (await ClosedWithAsync(issues, evidenceId).ConfigureAwait(false) is { } closed)
        {
            return new(closed.HtmlUrl, closed.Number, IssueAction.AlreadyReported);
        }

        return await OpenAsync(text, state, marker, [.. issues.Select(issue => issue.Number)]).ConfigureAwait(false);
    }

    /// <summary>Opens an issue; if another process was a moment earlier, the finding becomes a comment on its issue.</summary>
    private async Task<IssueOutcome> OpenAsync(IssueText text, ReportedState state, IssueMarker marker, IReadOnlyList<int> earlier)
    {
        foreach (var label in labels)
        {
            await repository.EnsureLabelAsync(label).ConfigureAwait(false);
        }

        var notes = new List<string>();
        var opened = await CreateAsync(new NewIssue(text.Title(template)) { Body = text.Body(template, marker, state, earlier) }, notes).ConfigureAwait(false);
        if (!opened.Labels.Any(label => string.Equals(label.Name, labels[0], StringComparison.OrdinalIgnoreCase)))
        {
            await repository.CloseAsync(opened).ConfigureAwait(false);
            throw Errors.IssueNotLabelled(access.Repository, Untrusted.Line(labels[0]), opened.Number);
        }

        var first = (await IssuesAsync(marker).ConfigureAwait(false)).FirstOrDefault(issue => IsOpen(issue) && issue.Number < opened.Number);
        if (first is null)
        {
            return new(opened.HtmlUrl, opened.Number, IssueAction.Opened) { Notes = notes };
        }

        return await NoteAsync(first, text, state, [opened]).ConfigureAwait(false);
    }

    /// <summary>Adds a finding to the open issue, and then closes others of the same model and suspect, so that nothing in them is lost.</summary>
    private async Task<IssueOutcome> NoteAsync(Issue first, IssueText text, ReportedState state, IEnumerable<Issue> duplicates)
    {
        var added = await new IssueThread(repository, first).AddAsync(text, state).ConfigureAwait(false);
        foreach (var duplicate in duplicates)
        {
            await new IssueThread(repository, duplicate).CloseAsDuplicateAsync(first.Number).ConfigureAwait(false);
        }

        return new(first.HtmlUrl, first.Number, added ? IssueAction.Commented : IssueAction.AlreadyReported);
    }

    private async Task<Issue> CreateAsync(NewIssue issue, List<string> notes)
    {
        foreach (var label in labels)
        {
            issue.Labels.Add(label);
        }

        foreach (var login in assignees)
        {
            issue.Assignees.Add(login);
        }

        Issue opened;
        try
        {
            opened = await repository.OpenAsync(issue).ConfigureAwait(false);
        }
        catch (ApiValidationException) when (assignees.Count > 0)
        {
            // GitHub refuses the whole issue because of one stranger among the assignees.
            foreach (var login in assignees)
            {
                if (!await repository.CanAssignAsync(login).ConfigureAwait(false))
                {
                    issue.Assignees.Remove(login);
                }
            }

            opened = await repository.OpenAsync(issue).ConfigureAwait(false);
        }

        var left = assignees.Where(login => !opened.Assignees.Any(user => string.Equals(user.Login, login, StringComparison.OrdinalIgnoreCase)));
        notes.AddRange(left.Select(login => $"{Untrusted.Line(login)} could not be assigned to the issue: expected somebody with access to {access.Repository}."));
        return opened;
    }

    /// <summary>The closed issue that has this verification: people may close one before an interrupted run goes on.</summary>
    private async Task<Issue?> ClosedWithAsync(IReadOnlyList<Issue> closed, string evidenceId)
    {
        foreach (var issue in closed.Reverse())
        {
            // Comments come after the report that opened the issue, so the latest issue is the only one whose comments matter.
            var reported = issue == closed[^1] ? await new IssueThread(repository, issue).ReportedAsync().ConfigureAwait(false) : [.. ReportedState.In(issue.Body)];
            if (reported.Any(state => state.Evidence == evidenceId))
            {
                return issue;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<Issue>> IssuesAsync(IssueMarker marker) =>
        [.. (await repository.IssuesAsync(labels[0]).ConfigureAwait(false)).Where(issue => marker.IsIn(issue.Body))];

    private static bool IsOpen(Issue issue) => issue.State.TryParse(out var state) && state == ItemState.Open;

    /// <summary>A comma would be two labels where issues are listed by label.</summary>
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && label.Trim() == label && !label.Any(letter => letter == ',' || char.IsControl(letter));
}
