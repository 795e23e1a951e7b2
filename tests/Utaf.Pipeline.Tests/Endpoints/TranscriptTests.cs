using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>The evidence, and what is left of it when the process is killed.</summary>
public sealed class TranscriptTests
{
    [Fact]
    public async Task Every_exchange_is_a_line_with_digests_that_can_be_computed_again()
    {
        using var api = new LoopbackApi(call => call.Number == 2 ? new Reply(503, "busy") : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        await questioning.AskAsync();
        var summary = questioning.Summary;

        var exchanges = Lines(questioning).Select(line => line.Exchange).OfType<Exchange>().ToList();
        Assert.Equal([1, 2, 3, 4, 5], exchanges.Select(exchange => exchange.Number));
        Assert.Equal([1, 1, 2, 1, 1], exchanges.Select(exchange => exchange.Attempt));
        Assert.Equal([200, 503, 200, 200, 200], exchanges.Select(exchange => exchange.Status!.Value));
        Assert.Equal([null, "HTTP 503", null, null, null], exchanges.Select(exchange => exchange.Problem));
        Assert.Equal(api.Calls.Select(call => Sha256(call.Body)), exchanges.Select(exchange => exchange.RequestSha256));
        Assert.Equal(
            api.Calls.Select(call => Sha256(call.Number == 2 ? "busy"u8.ToArray() : Questioning.Good(call).Body)),
            exchanges.Select(exchange => exchange.ResponseSha256));
        Assert.All(exchanges, exchange => Assert.Equal(api.Url.ToString(), exchange.Url));

        Assert.Equal((5, 4 + 4 + 4 + 2 + 3, 30, 1), (summary.Exchanges, summary.Queries, summary.Budget, summary.Refused));
        Assert.Equal(Path.Combine(questioning.Folder, "transcript.jsonl"), summary.File);
        Assert.Equal(Sha256(await File.ReadAllBytesAsync(summary.File!, TestContext.Current.CancellationToken)), summary.Sha256);
        Assert.Equal(exchanges[0].SentUtc, summary.FirstUtc);
        Assert.Equal(exchanges[^1].SentUtc + exchanges[^1].Duration, summary.LastUtc);
    }

    [Fact]
    public async Task A_transcript_without_a_folder_is_the_same_in_memory()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        using var transcript = Transcript.Open(null, questioning.PairSha256, questioning.Suspect, questioning.Time);
        using var connections = new ApiConnections(questioning.Time);

        var outputs = await new ApiSuspect(questioning.Suspect, questioning.Protocol, Questioning.Width, connections, transcript)
            .QueryAsync(questioning.Fingerprint, TestContext.Current.CancellationToken);
        transcript.Complete();

        questioning.IsComplete(outputs);
        Assert.Equal((4, 13, null), (transcript.Summary(30).Exchanges, transcript.Summary(30).Queries, transcript.Summary(30).File));
        Assert.Empty(Directory.GetFiles(questioning.Folder));
    }

    [Fact]
    public async Task The_transcript_holds_no_inputs_and_the_answers_are_their_owners_only()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(new Uri($"{api.Url}?code=hidden"));

        await questioning.AskAsync();
        questioning.Stop();

        var transcript = await File.ReadAllTextAsync(Path.Combine(questioning.Folder, "transcript.jsonl"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("hidden", transcript, StringComparison.Ordinal);
        Assert.DoesNotContain("[[", transcript, StringComparison.Ordinal);
        Assert.DoesNotContain(questioning.Fingerprint.Values, value => transcript.Contains($"{value},", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(questioning.Folder, "answers.jsonl")));
        }
    }

    [Fact]
    public async Task A_complete_verification_leaves_no_answers_and_the_next_one_begins_anew_beside_it()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        for (var i = 0; i < 3; i++)
        {
            questioning.IsComplete(await questioning.AskAsync());
            Assert.Equal(13, questioning.Summary.Queries);
            questioning.Transcript!.Complete();
            Assert.False(File.Exists(Path.Combine(questioning.Folder, "answers.jsonl")));
        }

        Assert.Equal(3, Directory.GetFiles(questioning.Folder, "transcript*.jsonl").Length);
        Assert.Equal(12, api.Calls.Count);
    }

    [Fact]
    public async Task A_verification_that_was_answered_but_not_completed_asks_nothing_again()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        await questioning.AskAsync();
        var before = questioning.Summary;

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(4, api.Calls.Count);
        Assert.Equal(before.Sha256, questioning.Summary.Sha256);
        Assert.Equal((before.Exchanges, before.FirstUtc, before.LastUtc), (questioning.Summary.Exchanges, questioning.Summary.FirstUtc, questioning.Summary.LastUtc));
    }

    [Fact]
    public async Task Killed_at_any_byte_the_next_run_repeats_no_answered_input_and_counts_every_one_that_was_sent()
    {
        // What a run wrote, cut anywhere: the transcript and the answers are written in turns, so one cut time is one cut in each.
        await Gen.Select(Gen.Int[0, 8], Gen.Int[0, 400]).SampleAsync(
            async (lines, torn) =>
            {
                using var api = new LoopbackApi(Questioning.Good);
                using var questioning = new Questioning(api.Url);
                await questioning.AskAsync();
                questioning.Stop();

                // Line k + 1 of the answers is written after line 2k + 1 of the transcript: start, then sending and exchange in turns.
                var transcriptLines = Math.Min(1 + lines, 9);
                Cut(Path.Combine(questioning.Folder, "transcript.jsonl"), transcriptLines, torn);
                Cut(Path.Combine(questioning.Folder, "answers.jsonl"), 1 + (Math.Max(0, transcriptLines - 2) / 2), torn / 2);
                var sentBefore = SentQueries(questioning);
                var answeredBefore = Math.Min(3, Math.Max(0, transcriptLines - 2) / 2);
                var callsBefore = api.Calls.Count;

                questioning.IsComplete(await questioning.AskAsync());

                var answered = api.Calls.Take(answeredBefore).SelectMany(call => PlainProtocol.Inputs(call.Body)).Select(input => input[0]).ToHashSet();
                var again = api.Calls.Skip(callsBefore).SkipLast(1).SelectMany(call => PlainProtocol.Inputs(call.Body)).Select(input => input[0]);
                Assert.DoesNotContain(again, answered.Contains);
                Assert.Equal(
                    sentBefore + api.Calls.Skip(callsBefore).Sum(call => PlainProtocol.Inputs(call.Body).Length),
                    questioning.Summary.Queries);
            },
            iter: 60,
            threads: 2);
    }

    [Fact]
    public async Task The_budget_holds_over_any_number_of_killed_runs()
    {
        var kill = new CancellationTokenSource();
        using var api = new LoopbackApi(call =>
        {
            kill.Cancel();
            return Questioning.Good(call);
        });
        using var questioning = new Questioning(api.Url).With(limits => limits with { QueryBudget = 22, BatchSize = 5 });
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => questioning.AskAsync(kill.Token));
            kill.Dispose();
            kill = new CancellationTokenSource();
        }

        var outputs = await questioning.AskAsync();

        Assert.Equal("10 of 10 answers are missing; the first request that failed: the query budget of 22 is spent.", outputs.WhyMissing);
        Assert.Equal((4, 20), (api.Calls.Count, questioning.Summary.Queries));
        kill.Dispose();
    }

    [Fact]
    public async Task Another_pair_address_or_way_of_asking_begins_anew()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        await questioning.AskAsync();
        var original = questioning.Suspect;
        foreach (var change in new Action[]
        {
            () => questioning.PairSha256 = new string('b', 64),
            () => questioning.Suspect = original with { Url = new Uri($"{api.Url}?version=2") },
            () => questioning.Suspect = original with { Request = new RequestSettings { Scale = 255 } },
            () => questioning.Suspect = original with { Response = new ResponseSettings { Classes = ["cat", "dog"] } },
        })
        {
            change();
            var before = api.Calls.Count;
            questioning.IsComplete(await questioning.AskAsync());
            Assert.Equal(before + 4, api.Calls.Count);
            Assert.Equal(4, questioning.Summary.Exchanges);
        }

        Assert.Equal(5, Directory.GetFiles(questioning.Folder, "transcript*.jsonl").Length);
    }

    [Fact]
    public async Task Another_pace_or_budget_goes_on()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        await questioning.AskAsync();

        questioning.IsComplete(await questioning.With(limits => limits with { QueryBudget = 50, BatchSize = 2 }).AskAsync());

        Assert.Equal(4, api.Calls.Count);
    }

    [Theory]
    [InlineData("{\"sending\":{\"queries\":-30}}")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    public async Task A_transcript_that_was_changed_is_not_continued(string line)
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        await questioning.AskAsync();
        questioning.Stop();
        var path = Path.Combine(questioning.Folder, "transcript.jsonl");
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        lines[2] = line;
        await File.WriteAllTextAsync(path, string.Join("\n", lines) + "\n", TestContext.Current.CancellationToken);

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1637", $"{path}(3)"), (error.Diagnostic.Code, error.Diagnostic.Origin));
        Assert.Equal(lines, await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_runs_at_once_do_not_share_a_transcript()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        await questioning.AskAsync();

        var error = Assert.Throws<UtafException>(() => Transcript.Open(questioning.Folder, questioning.PairSha256, questioning.Suspect, TimeProvider.System));

        Assert.Equal(("UTAF1638", ExitCode.Environment), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        var suspect = new SuspectSettings { Name = "rival", Url = new Uri("http://127.0.0.1/m") };

        var error = Assert.Throws<UtafException>(() => Transcript.Open(folder.File("taken/evidence"), new string('a', 64), suspect, TimeProvider.System));

        Assert.Equal("UTAF1309", error.Diagnostic.Code);
    }

    private static int SentQueries(Questioning questioning) => Lines(questioning).Sum(line => line.Sending?.Queries ?? 0);

    /// <summary>The complete lines.</summary>
    private static List<TranscriptLine> Lines(Questioning questioning)
    {
        questioning.Stop();
        var text = File.ReadAllText(Path.Combine(questioning.Folder, "transcript.jsonl"));
        return [.. text.Split('\n').SkipLast(1).Select(line => JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptLine)!)];
    }

    /// <summary>Keeps some lines and a part of the next, as a write that was killed leaves them.</summary>
    private static void Cut(string path, int lines, int torn)
    {
        var all = File.ReadAllLines(path);
        var next = lines < all.Length ? all[lines][..Math.Min(torn, all[lines].Length)] : "";
        File.WriteAllText(path, string.Concat(all.Take(lines).Select(line => $"{line}\n")) + next);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
