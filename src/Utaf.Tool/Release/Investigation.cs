using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Issues;
using Utaf.Models;
using Utaf.Reports;
using Utaf.Stores;
using Utaf.Tool.Commands;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Torch;
using Utaf.Watching;

namespace Utaf.Tool.Release;

/// <summary>Stage 3, for one suspect or many: asks, judges, keeps the evidence, reports, and opens issues.</summary>
/// <remarks>
/// The run is completed when everybody has been told. Whatever stops it before, the same command goes on: it asks nothing twice and
/// reports nothing twice.
/// </remarks>
internal sealed class Investigation : IDisposable
{
    /// <summary>What holds after an investigation was stopped.</summary>
    public const string AfterStop = "What was answered is kept: the same command goes on from there.";

    private readonly Judgement judgement;
    private readonly CommandContext context;
    private readonly ApiConnections connections = new(TimeProvider.System);
    private readonly PiracyIssues? issues;

    /// <summary>Finds out before anybody is asked whether the results will have a place.</summary>
    /// <param name="judgement">How it is judged, kept and told.</param>
    /// <param name="context">Where to write.</param>
    /// <exception cref="UtafException">UTAF1309; UTAF17xx: what issues need is missing or wrong.</exception>
    public Investigation(Judgement judgement, CommandContext context)
    {
        (this.judgement, this.context) = (judgement, context);
        Writable.RequireFile(context.Settings.OutputFile);
        if (judgement.Reports.Count > 0)
        {
            Writable.RequireFile(Path.Combine(judgement.ReportFolder, ReportFiles.Name));
        }

        issues = judgement.GitHub.Repository is null ? null : IssuesOf(judgement.GitHub);
    }

    /// <summary>Verifies one suspect.</summary>
    /// <exception cref="UtafException">It could not be verified, and why.</exception>
    public async Task<ExitCode> VerifyAsync(WatchItem item, FetchedPair pair)
    {
        using var run = Begin([item]);
        using var verification = Verification(run);
        try
        {
            var finding = run.Finished(item) ?? await verification.VerifyAsync(item, pair, context.CancellationToken).ConfigureAwait(false);
            var code = await TellAsync(run, [item], [finding]).ConfigureAwait(false);
            return finding.Failure is { } failure ? throw Errors.Again(failure) : code;
        }
        catch (UtafException exception) when (exception.Diagnostic.Code is "UTAF1307" or "UTAF1637" or "UTAF1638")
        {
            // There is nothing that the same command could go on with.
            run.Complete();
            throw;
        }
    }

    /// <summary>Verifies many suspects at once; one that fails does not stop the others.</summary>
    /// <param name="items">The suspects, each with a pair that has its manifest.</param>
    /// <param name="fetch">Fetches a pair; called once for each.</param>
    /// <param name="parallel">The most at a time, at least 1.</param>
    public async Task<ExitCode> WatchAsync(
        IReadOnlyList<WatchItem> items, Func<StoredPair, CancellationToken, Task<FetchedPair>> fetch, int parallel)
    {
        using var run = Begin(items);
        using var verification = Verification(run);
        var pairs = new ConcurrentDictionary<string, Lazy<Task<FetchedPair>>>();
        var watch = new Watch(run, VerifyAsync, parallel);
        var findings = context.Progress.Track("Verifying suspects", stage =>
        {
            var done = 0;
            return watch.RunAsync(
                items,
                (item, diagnostic) => SuspectVerification.Begun(item, item.Pair.Manifest!) with { Failure = diagnostic },
                finding => stage.Report(Interlocked.Increment(ref done), items.Count, Untrusted.Line(finding.Suspect)),
                context.CancellationToken).GetAwaiter().GetResult();
        });
        return await TellAsync(run, items, findings).ConfigureAwait(false);

        async Task<SuspectFinding> VerifyAsync(WatchItem item, CancellationToken cancellationToken)
        {
            var pair = pairs.GetOrAdd(item.Pair.Sha256, _ => new(() => fetch(item.Pair, cancellationToken)));
            return await verification.VerifyAsync(item, await pair.Value.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        issues?.Dispose();
        connections.Dispose();
    }

    /// <summary>Methods of their own, so that Octokit and torch are loaded by those who need them only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PiracyIssues IssuesOf(GitHubSettings settings) => new(settings, Environment.GetEnvironmentVariable, TimeProvider.System);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TorchScriptSuspect OpenFile(string path, Settings settings) =>
        new TorchScriptSuspect(path, TorchRuntime.Start(settings.Device, settings.Threads));

    private VerificationRun Begin(IReadOnlyList<WatchItem> items)
    {
        var run = VerificationRun.Begin(judgement.Evidence, items, TimeProvider.System, judgement.Fresh, judgement.Significance);
        if (run.Resumed)
        {
            context.Note($"Going on with the run {run.Id}, which was interrupted; --fresh would ask anew.");
        }

        return run;
    }

    private SuspectVerification Verification(VerificationRun run) =>
        new(run, connections, path => OpenFile(path, context.Settings), judgement.Significance, TimeProvider.System);

    /// <summary>Tells whoever is to be told. A failure of <c>verify</c> is told by its error alone.</summary>
    private async Task<ExitCode> TellAsync(VerificationRun run, IReadOnlyList<WatchItem> items, IReadOnlyList<SuspectFinding> findings)
    {
        var report = new VerificationReport(ToolVersion.Text, TimeProvider.System.GetUtcNow(), findings);
        if (findings is not [{ Failure: not null }])
        {
            context.Write(new ReportDocument(report));
        }

        var files = ReportFiles.Write(report, judgement.ReportFolder, judgement.Reports);
        foreach (var path in files)
        {
            context.Note($"Report: {path}");
        }

        var addresses = new List<string>();
        UtafException? untold = null;
        try
        {
            foreach (var (item, finding) in items.Zip(findings))
            {
                try
                {
                    if (await OpenIssueAsync(run, item, finding).ConfigureAwait(false) is { } address)
                    {
                        addresses.Add(address);
                    }
                }
                catch (UtafException exception)
                {
                    untold ??= exception;
                    if (!IsOfOneIssue(exception))
                    {
                        break;
                    }
                }
            }
        }
        finally
        {
            // Whoever could not be told by an issue is still told here.
            if (context.Settings.GitHubStep is { } step)
            {
                new GitHubStep(step).Write(report, files, addresses);
            }
        }

        if (untold is not null)
        {
            // It outranks the verdict: who passes over exit code 1 counts on the issue.
            throw Errors.VerdictNotReported(untold, report.ExitCode);
        }

        run.Complete();
        return report.ExitCode;
    }

    /// <summary>What GitHub says against one text keeps no other suspect's issue from being opened; everything else would meet all.</summary>
    private static bool IsOfOneIssue(UtafException exception) => exception.Diagnostic.Code is "UTAF1712" or "UTAF1715";

    /// <returns>The issue's address; null where none was opened or commented.</returns>
    private async Task<string?> OpenIssueAsync(VerificationRun run, WatchItem item, SuspectFinding finding)
    {
        if (issues is null)
        {
            return null;
        }

        var outcome = await issues.ReportAsync(finding, run.EvidenceId(item), context.CancellationToken).ConfigureAwait(false);
        foreach (var note in outcome.Notes)
        {
            context.Note(note);
        }

        var what = outcome.Action switch
        {
            IssueAction.Opened => "Issue opened",
            IssueAction.Commented => "Issue commented",
            IssueAction.AlreadyReported => "Issue, as it was",
            _ => null,
        };
        if (what is null)
        {
            return null;
        }

        var address = Untrusted.Line(outcome.Url!);
        context.Note($"{what}: {address}");
        return address;
    }
}
