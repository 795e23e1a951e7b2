using Utaf.Endpoints;
using Utaf.Reports;
using Utaf.Tests;
using Utaf.Verification;
using Utaf.Watching;
using static Utaf.Pipeline.Tests.Watching.SampleFindings;

namespace Utaf.Pipeline.Tests.Watching;

/// <summary>Many suspects, one summary.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_suspect_that_fails_does_not_stop_the_others()
    {
        var findings = await RunAsync(["a", "b", "c"], item => item.Suspect.Name switch
        {
            "a" => throw Errors.SuspectWidth("a", 2, 3),
            "b" => throw new InvalidOperationException("nobody foresaw it"),
            var name => Finding(name, 0.9, 0.25),
        });

        Assert.Equal(["a", "b", "c"], findings.Select(finding => finding.Suspect));
        Assert.Equal("UTAF1601", findings[0].Failure!.Code);
        Assert.Equal("UTAF9999", findings[1].Failure!.Code);
        Assert.Equal(Decision.PiracySuspected, findings[2].Verdict!.Decision);
        Assert.Equal(ExitCode.PiracySuspected, new VerificationReport("1", DateTimeOffset.UnixEpoch, findings).ExitCode);
        Assert.Equal(ExitCode.Usage, new VerificationReport("1", DateTimeOffset.UnixEpoch, [findings[0], Finding("d", 0.1, 1)]).ExitCode);
    }

    [Fact]
    public async Task What_was_found_before_an_interruption_is_not_asked_again()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            ["a", "b"],
            item =>
            {
                if (item.Suspect.Name == "b")
                {
                    stop.Cancel();
                    stop.Token.ThrowIfCancellationRequested();
                }

                return Finding(item.Suspect.Name, 0.9, 0.25);
            },
            parallel: 1,
            stop.Token));

        var asked = new List<string>();
        var findings = await RunAsync(["a", "b"], item =>
        {
            asked.Add(item.Suspect.Name);
            return Finding(item.Suspect.Name, 0.1, 1);
        });

        Assert.Equal(["b"], asked);
        Assert.Equal([0.9, 0.1], findings.Select(finding => finding.Verdict!.MatchingRate));
    }

    [Fact]
    public async Task A_failed_suspect_is_asked_again_by_the_resumed_run()
    {
        await RunAsync(["a"], _ => throw Errors.SuspectWidth("a", 2, 3));
        Assert.Equal(0.9, Assert.Single(await RunAsync(["a"], item => Finding(item.Suspect.Name, 0.9, 0.25))).Verdict!.MatchingRate);
    }

    [Fact]
    public async Task No_more_suspects_than_asked_are_verified_at_a_time()
    {
        var (now, most) = (0, 0);
        var items = Enumerable.Range(0, 12).Select(i => Item($"s{i}")).ToList();
        using var run = VerificationRun.Begin(folder.Path, items, TimeProvider.System);
        await new Watch(run, VerifyAsync, parallel: 3).RunAsync(items, Failed, null, TestContext.Current.CancellationToken);
        Assert.InRange(most, 2, 3);

        async Task<SuspectFinding> VerifyAsync(WatchItem item, CancellationToken cancellationToken)
        {
            InterlockedMaximum(ref most, Interlocked.Increment(ref now));
            await Task.Delay(30, cancellationToken);
            Interlocked.Decrement(ref now);
            return Finding(item.Suspect.Name, 0.1, 1);
        }
    }

    [Fact]
    public void Several_suspicions_must_stand_the_correction()
    {
        // By hand: 3·0.01 = 0.03 stands 0.05, 2·0.04 = 0.08 does not; the honest one stays as it is.
        var corrected = Watch.Corrected([Finding("a", 0.9, 0.04, 0.05), Finding("b", 0.1, 0.5, 0.05), Finding("c", 0.9, 0.01, 0.05)]);

        Assert.Equal([Decision.Inconclusive, Decision.NoPiracySuspected, Decision.PiracySuspected], corrected.Select(finding => finding.Verdict!.Decision));
        Assert.Equal(0.08, corrected[0].AdjustedPValue!.Value, 1e-12);
        Assert.Contains("adjusted by Holm's correction for 3 verifications to 0.08", corrected[0].Verdict!.Reason, StringComparison.Ordinal);
        Assert.Equal(0.04, corrected[0].Verdict!.PValue);
    }

    [Fact]
    public void Without_an_asked_significance_the_threshold_alone_decides()
    {
        var corrected = Watch.Corrected([Finding("a", 0.9, 0.9), Finding("b", 0.9, 0.9)]);
        Assert.All(corrected, finding => Assert.Equal(Decision.PiracySuspected, finding.Verdict!.Decision));
        Assert.All(corrected, finding => Assert.Equal(1, finding.AdjustedPValue));
    }

    [Fact]
    public void One_suspect_alone_and_those_without_a_verdict_are_not_corrected()
    {
        Assert.Null(Watch.Corrected([Finding("a", 0.9, 0.25)])[0].AdjustedPValue);
        var corrected = Watch.Corrected([Finding("a", 0.9, 0.25), Failed(Item("b"), Errors.SuspectWidth("b", 2, 3).Diagnostic)]);
        Assert.Equal(0.25, corrected[0].AdjustedPValue);
        Assert.Null(corrected[1].AdjustedPValue);
    }

    public void Dispose() => folder.Dispose();

    private static void InterlockedMaximum(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private async Task<IReadOnlyList<SuspectFinding>> RunAsync(
        string[] suspects, Func<WatchItem, SuspectFinding> verify, int parallel = 2, CancellationToken? stop = null)
    {
        var items = suspects.Select(name => Item(name)).ToList();
        using var run = VerificationRun.Begin(folder.Path, items, TimeProvider.System);
        return await new Watch(run, Kept, parallel).RunAsync(items, Failed, null, stop ?? TestContext.Current.CancellationToken);

        Task<SuspectFinding> Kept(WatchItem item, CancellationToken cancellationToken)
        {
            var finding = verify(item);
            Transcript.Open(run.FolderOf(item), item.Pair.Sha256, item.Suspect, TimeProvider.System).Dispose();
            run.Keep(item, finding);
            return Task.FromResult(finding);
        }
    }
}
