using Utaf.Metrics;
using Utaf.Reports;

namespace Utaf.Watching;

/// <summary>Verifies many suspects at once; one that fails does not stop the others.</summary>
/// <param name="run">Knows what was found before an interruption.</param>
/// <param name="verify">Verifies one item and keeps the finding in the run, see <see cref="SuspectVerification"/>.</param>
/// <param name="parallel">The most items at a time, at least 1. A host's own rate holds besides.</param>
public sealed class Watch(VerificationRun run, Func<WatchItem, CancellationToken, Task<SuspectFinding>> verify, int parallel)
{
    /// <summary>Verifies every item.</summary>
    /// <param name="items">What to verify.</param>
    /// <param name="failed">What a finding without a verdict looks like; it needs the pair's manifest.</param>
    /// <param name="progress">Told after each item.</param>
    /// <param name="cancellationToken">Stops it; started again, it goes on.</param>
    /// <returns>One finding for each item, in the items' order, with Holm's adjusted p-values.</returns>
    public async Task<IReadOnlyList<SuspectFinding>> RunAsync(
        IReadOnlyList<WatchItem> items,
        Func<WatchItem, Diagnostic, SuspectFinding> failed,
        Action<SuspectFinding>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(failed);
        var findings = new SuspectFinding[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options, async (i, stop) =>
        {
            findings[i] = run.Finished(items[i]) ?? await FindAsync(items[i], stop).ConfigureAwait(false);
            progress?.Invoke(findings[i]);
        }).ConfigureAwait(false);
        return Corrected(findings);

        async Task<SuspectFinding> FindAsync(WatchItem item, CancellationToken stop)
        {
            try
            {
                return await verify(item, stop).ConfigureAwait(false);
            }
            catch (UtafException exception)
            {
                return failed(item, exception.Diagnostic);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                return failed(item, Errors.Unforeseen(exception).Diagnostic);
            }
        }
    }

    /// <summary>
    /// Adds Holm's adjusted p-values. Where a significance was asked, a suspicion that does not stand the correction becomes
    /// inconclusive. One finding alone stays as it is.
    /// </summary>
    public static IReadOnlyList<SuspectFinding> Corrected(IReadOnlyList<SuspectFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var scored = Enumerable.Range(0, findings.Count).Where(i => findings[i].Verdict?.PValue is not null).ToList();
        if (findings.Count < 2 || scored.Count == 0)
        {
            return findings;
        }

        var corrected = findings.ToArray();
        var adjusted = Holm.Adjust([.. scored.Select(i => findings[i].Verdict!.PValue!.Value)]);
        foreach (var (i, pValue) in scored.Zip(adjusted))
        {
            corrected[i] = findings[i] with { AdjustedPValue = pValue, Verdict = findings[i].Verdict!.AfterCorrection(pValue, scored.Count) };
        }

        return corrected;
    }
}
