using Utaf.Commitments;
using Utaf.Endpoints;
using Utaf.Reports;
using Utaf.Stores;
using Utaf.Verification;

namespace Utaf.Watching;

/// <summary>Verifies suspects one by one, and keeps what is found of each in the run's evidence. For several threads.</summary>
/// <param name="run">Where the evidence goes.</param>
/// <param name="connections">The way to prediction APIs.</param>
/// <param name="openFile">Opens a model file; called for suspects that are files only, and for one of them at a time.</param>
/// <param name="significance">The largest p-value that counts as piracy, in (0, 1); null: the threshold alone decides.</param>
/// <param name="time">The clock.</param>
public sealed class SuspectVerification(
    VerificationRun run, ApiConnections connections, Func<string, ISuspect> openFile, double? significance, TimeProvider time) : IDisposable
{
    // A model file may be as large as the memory has room for.
    private readonly SemaphoreSlim fileTurn = new(1);

    /// <summary>Verifies one suspect with one pair.</summary>
    /// <param name="item">The suspect, by its address or else its file.</param>
    /// <param name="pair">The item's pair.</param>
    /// <param name="cancellationToken">Stops it; an interrupted verification goes on in the resumed run.</param>
    /// <returns>The finding, kept already: a verdict, or why there is none.</returns>
    /// <exception cref="UtafException">UTAF1309, UTAF1637, UTAF1638: the evidence cannot be kept.</exception>
    public async Task<SuspectFinding> VerifyAsync(WatchItem item, FetchedPair pair, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(pair);
        return item.Suspect.Url is null
            ? await VerifyFileAsync(item, pair, cancellationToken).ConfigureAwait(false)
            : await VerifyApiAsync(item, pair, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => fileTurn.Dispose();

    /// <summary>A finding that is not finished: what is known of a suspect before it is asked.</summary>
    public static SuspectFinding Begun(WatchItem item, Fingerprints.PairManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new(item.Suspect.Name, manifest, item.Pair.Sha256)
        {
            Address = item.Suspect.Url?.WithoutSecrets() ?? Path.GetFileName(item.Suspect.Path),
            Position = item.Suspect.Position,
        };
    }

    private async Task<SuspectFinding> VerifyFileAsync(WatchItem item, FetchedPair pair, CancellationToken cancellationToken)
    {
        await fileTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var asked = time.GetUtcNow();
            var finding = await JudgedAsync(item, pair, () => openFile(item.Suspect.Path!), cancellationToken).ConfigureAwait(false);
            return Kept(item, finding with { Commitment = Opened(pair, asked) });
        }
        finally
        {
            fileTurn.Release();
        }
    }

    private async Task<SuspectFinding> VerifyApiAsync(WatchItem item, FetchedPair pair, CancellationToken cancellationToken)
    {
        var (suspect, output) = (item.Suspect, pair.Pair.Manifest.Output);
        using var transcript = Transcript.Open(run.FolderOf(item), pair.Sha256, suspect, time);
        var finding = await JudgedAsync(
            item,
            pair,
            () => new ApiSuspect(suspect, PredictionProtocols.Create(suspect, pair.Pair.Manifest), output.Width, connections, transcript),
            cancellationToken).ConfigureAwait(false);
        var summary = transcript.Summary(ApiSuspect.QueryBudget(suspect.Limits, pair.Pair.Fingerprint.Count));
        if (summary.Exchanges == 0)
        {
            transcript.Discard();
            run.Forget(item);
            return finding;
        }

        finding = Kept(item, finding with { Transcript = summary, Commitment = Opened(pair, run.AskedEarlier(item) ?? summary.FirstUtc) });

        // The answers are given up when the verdict is safe, and not before: a process that is killed between asks nothing twice.
        transcript.Complete();
        return finding;
    }

    private async Task<SuspectFinding> JudgedAsync(WatchItem item, FetchedPair pair, Func<ISuspect> open, CancellationToken cancellationToken)
    {
        var finding = Begun(item, pair.Manifest);
        try
        {
            var verdict = await new Verifier(pair.Pair, pair.Sha256).VerifyAsync(open(), significance, cancellationToken).ConfigureAwait(false);
            return finding with { Verdict = verdict with { Suspect = item.Suspect.Name } };
        }
        catch (UtafException exception)
        {
            return finding with { Failure = exception.Diagnostic };
        }
    }

    private SuspectFinding Kept(WatchItem item, SuspectFinding finding)
    {
        if (finding.Verdict is not null)
        {
            run.Keep(item, finding);
        }

        return finding;
    }

    private static CommitmentCheck? Opened(FetchedPair pair, DateTimeOffset? firstQuery) => pair.Commitment is { } commitment
        ? Commitment.Check(commitment.Bytes, pair.Pair, pair.Bytes, firstQuery, commitment.Place)
        : null;
}
