using System.Text.Json;
using Utaf.Commitments;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Pipeline.Tests.Endpoints;
using Utaf.Reports;
using Utaf.Stores;
using Utaf.Tests;
using Utaf.Verification;
using Utaf.Watching;

namespace Utaf.Pipeline.Tests.Watching;

/// <summary>One suspect of a run: what it is asked, what is kept of it, and when.</summary>
public sealed class SuspectVerificationTests : IDisposable
{
    private static readonly byte[] PairBytes = SamplePairs.Bytes();

    private readonly TemporaryFolder folder = new();
    private readonly FetchedPair pair = FetchedPair.FromFile("sample.utaf", PairBytes);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_api_gets_a_verdict_with_its_transcript_and_the_age_of_the_commitment()
    {
        using var api = new LoopbackApi(Copy);
        var made = DateTimeOffset.UtcNow.AddDays(-1);
        var statement = Commitment.Make(pair.Pair, PairBytes, made, "model.pt");
        var item = Item(api.Url);

        var finding = await VerifyAsync(item, pair with { Commitment = new("sample.intoto.json", statement) });

        Assert.Equal(Decision.PiracySuspected, finding.Verdict!.Decision);
        Assert.Equal(("rival", 3), (finding.Suspect, finding.Transcript!.Queries));
        Assert.True(finding.Commitment is { Matches: true, OlderThanFirstQuery: true });
        Assert.Equal(["transcript.jsonl", "verdict.json"], Kept());
    }

    [Fact]
    public async Task An_interrupted_verification_goes_on_with_the_answers_that_it_has()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asked = new List<string>();
        var interrupt = true;
        using var api = new LoopbackApi(call =>
        {
            asked.Add(JsonDocument.Parse(call.Body).RootElement.GetProperty("inputs")[0].GetRawText());
            if (interrupt && asked.Count == 2)
            {
                stop.Cancel();
            }

            return Copy(call);
        });
        var item = Item(api.Url) with { Suspect = Item(api.Url).Suspect with { Limits = new LimitSettings { BatchSize = 1 } } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => VerifyAsync(item, pair, stop: stop.Token));
        Assert.Contains("answers.jsonl", Kept());
        (interrupt, var before) = (false, asked[0]);
        asked.Clear();

        var finding = await VerifyAsync(item, pair);
        Assert.Equal(Decision.PiracySuspected, finding.Verdict!.Decision);
        Assert.DoesNotContain(before, asked);
        Assert.Equal(["transcript.jsonl", "verdict.json"], Kept());
    }

    [Fact]
    public async Task A_commitment_that_is_younger_than_an_earlier_verification_is_not_called_older()
    {
        using var api = new LoopbackApi(Copy);
        var item = Item(api.Url);
        await VerifyAsync(item, pair, complete: true);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancellation);
        var late = Commitment.Make(pair.Pair, PairBytes, DateTimeOffset.UtcNow, "model.pt");
        await Task.Delay(TimeSpan.FromSeconds(0.1), Cancellation);

        var finding = await VerifyAsync(item, pair with { Commitment = new("sample.intoto.json", late) });

        Assert.Equal(2, Kept().Count(file => file == "verdict.json"));
        Assert.True(finding.Commitment is { Matches: true, OlderThanFirstQuery: false });
    }

    [Fact]
    public async Task A_finished_verdict_is_taken_again_for_the_question_that_it_answers_and_for_no_other()
    {
        using var api = new LoopbackApi(Copy);
        var item = Item(api.Url);
        await VerifyAsync(item, pair);
        var answers = Path.Combine(Path.GetDirectoryName(Directory.GetFiles(folder.File("evidence"), "verdict.json", SearchOption.AllDirectories).Single())!, "answers.jsonl");

        // As a kill leaves it after the verdict is safe.
        await File.WriteAllTextAsync(answers, "{}\n", Cancellation);
        var mended = item with { Suspect = item.Suspect with { Response = item.Suspect.Response with { Kind = OutputKind.Logits } } };
        var slower = item with { Suspect = item.Suspect with { Limits = new LimitSettings { BatchSize = 1 } } };

        using var run = VerificationRun.Begin(folder.File("evidence"), [item], TimeProvider.System);
        Assert.True(run.Resumed);
        Assert.Null(run.Finished(mended));
        Assert.NotEqual(run.EvidenceId(item), run.EvidenceId(mended));
        Assert.True(File.Exists(answers));
        Assert.Equal(Decision.PiracySuspected, run.Finished(slower)!.Verdict!.Decision);
        Assert.Equal(run.EvidenceId(item), run.EvidenceId(slower));
        Assert.False(File.Exists(answers));
    }

    [Fact]
    public async Task A_suspect_that_cannot_be_asked_is_a_failure_that_leaves_nothing_behind()
    {
        var item = Item(new Uri("http://127.0.0.1:9/"));
        var nobody = item with { Suspect = item.Suspect with { Protocol = "gopher" } };

        Assert.Equal("UTAF1610", (await VerifyAsync(nobody, pair)).Failure!.Code);
        Assert.Empty(Kept());
        Assert.False(Directory.Exists(folder.File("evidence/digits")));
    }

    [Fact]
    public async Task A_file_is_opened_by_whoever_can_and_judged_alike()
    {
        var item = Item(null);
        Assert.Equal(Decision.PiracySuspected, (await VerifyAsync(item, pair, path => new Answering(path, 0.9f))).Verdict!.Decision);
        Assert.Equal(Decision.NoPiracySuspected, (await VerifyAsync(item, pair, path => new Answering(path, 0.1f))).Verdict!.Decision);
        var failed = await VerifyAsync(item, pair, path => throw Errors.FileNotFound(path, "a model"));
        Assert.Equal(("UTAF1002", "rival"), (failed.Failure!.Code, failed.Suspect));
    }

    public void Dispose() => folder.Dispose();

    private static Reply Copy(Call call)
    {
        var count = JsonDocument.Parse(call.Body).RootElement.GetProperty("inputs").GetArrayLength();
        return new Reply(200, JsonSerializer.Serialize(new { answers = Enumerable.Repeat<float[]>([0.9f, 0.1f], count) }));
    }

    private WatchItem Item(Uri? url) => new(
        new SuspectSettings
        {
            Name = "rival",
            Url = url,
            Path = url is null ? "rival.pt" : null,
            Protocol = "template",
            Request = new RequestSettings { Body = """{"inputs":{{inputs}}}""" },
            Response = new ResponseSettings { AnswersAt = "/answers" },
        },
        pair.Stored);

    private async Task<SuspectFinding> VerifyAsync(
        WatchItem item, FetchedPair with, Func<string, ISuspect>? open = null, CancellationToken? stop = null, bool complete = false)
    {
        using var run = VerificationRun.Begin(folder.File("evidence"), [item], TimeProvider.System);
        using var connections = new ApiConnections(TimeProvider.System);
        using var verification = new SuspectVerification(
            run, connections, open ?? (_ => throw new InvalidOperationException("no file was to be opened")), significance: null, TimeProvider.System);
        var finding = await verification.VerifyAsync(item, with, stop ?? Cancellation);
        if (complete)
        {
            run.Complete();
        }

        return finding;
    }

    private IEnumerable<string> Kept() => Directory.Exists(folder.File("evidence"))
        ? Directory.GetFiles(folder.File("evidence"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/runs/", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
        : [];

    private sealed record Answering(string Name, float First) : ISuspect
    {
        public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken) =>
            Task.FromResult(new SuspectOutputs(2, [.. Enumerable.Repeat<float[]>([First, 1 - First], fingerprint.Count)]));
    }
}
