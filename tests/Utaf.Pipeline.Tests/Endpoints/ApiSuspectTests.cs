using System.Text.Json;
using CsCheck;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>A suspect that answers, more or less.</summary>
public sealed class ApiSuspectTests
{
    [Fact]
    public async Task Every_input_gets_its_answer_whatever_the_order_of_asking()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());

        // Three batches, and some of the largest one again to see whether the order holds.
        Assert.Equal([4, 4, 2, 3], api.Calls.Select(call => PlainProtocol.Inputs(call.Body).Length));
    }

    [Fact]
    public async Task Inputs_are_shuffled_the_same_way_each_time_and_another_way_for_another_pair()
    {
        using var api = new LoopbackApi(Questioning.Good);
        var orders = new List<string>();
        foreach (var pair in new[] { 'a', 'a', 'b' })
        {
            using var questioning = new Questioning(api.Url, inputs: 40) { PairSha256 = new string(pair, 64) };
            var before = api.Calls.Count;
            await questioning.AskAsync();
            orders.Add(string.Concat(api.Calls.Skip(before).Select(call => System.Text.Encoding.UTF8.GetString(call.Body))));
        }

        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0], orders[2]);
    }

    [Fact]
    public async Task Inputs_are_sent_in_their_own_order_if_asked()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url).With(limits => limits with { Shuffle = false });

        await questioning.AskAsync();

        var sent = api.Calls.Take(3).SelectMany(call => PlainProtocol.Inputs(call.Body).SelectMany(input => input));
        Assert.Equal(questioning.Fingerprint.Values, sent);
    }

    [Fact]
    public async Task A_protocol_that_takes_one_input_gets_one_at_a_time_and_needs_no_check_of_the_order()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        questioning.Protocol = new PlainProtocol(api.Url, 2, Questioning.Width) { MaxBatch = 1 };

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(Enumerable.Repeat(1, 10), api.Calls.Select(call => PlainProtocol.Inputs(call.Body).Length));
        Assert.Empty(questioning.Summary.Notes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_suspect_that_is_busy_a_third_of_the_time_is_still_asked_to_the_end_within_its_budget(int seed)
    {
        var random = new Random(seed);
        using var api = new LoopbackApi(call => random.Next(6) switch
        {
            0 => new Reply(429) { Headers = { ["Retry-After"] = "1" } },
            1 => new Reply(503),
            _ => Questioning.Good(call),
        });
        using var questioning = new Questioning(api.Url, inputs: 100).With(limits => limits with { BatchSize = 8 });

        questioning.IsComplete(await questioning.AskAsync());

        Assert.InRange(api.Calls.Sum(call => PlainProtocol.Inputs(call.Body).Length), 100, 300);
        Assert.True(questioning.Summary.Refused > 0);
    }

    [Fact]
    public async Task The_budget_is_never_exceeded_whatever_fails()
    {
        var gen = from inputs in Gen.Int[1, 30]
                  from batch in Gen.Int[1, 12]
                  from extra in Gen.Int[0, 40]
                  from retries in Gen.Int[0, 6]
                  from fate in Gen.Int[0, 6].Array[1, 40]
                  select (inputs, batch, extra, retries, fate);
        await gen.SampleAsync(
            async drawn =>
            {
                using var api = new LoopbackApi(call => drawn.fate[call.Number % drawn.fate.Length] switch
                {
                    0 => new Reply(503),
                    1 => new Reply(200, "[[1,2,3]"),
                    2 => new Reply(200, "[") { DeclaredLength = 100, Cut = true },
                    3 => new Reply(307) { Headers = { ["Location"] = "/models/m" } },
                    4 => new Reply(200) { IsRaw = true, Cut = true },
                    _ => Questioning.Good(call),
                });
                var budget = drawn.inputs + drawn.extra;
                using var questioning = new Questioning(api.Url, drawn.inputs)
                    .With(limits => limits with { BatchSize = drawn.batch, QueryBudget = budget, Retries = drawn.retries });
                try
                {
                    var outputs = await questioning.AskAsync();
                    Assert.Equal(outputs.Answered < drawn.inputs, outputs.WhyMissing is not null);
                }
                catch (UtafException)
                {
                    // A suspect that never answered: that is said, too.
                }

                var received = api.Calls.Sum(call => PlainProtocol.Inputs(call.Body).Length);
                Assert.InRange(received, 0, budget);
                Assert.Equal(received, questioning.Summary.Queries);
            },
            iter: 60,
            threads: 2);
    }

    [Fact]
    public async Task A_connection_that_ends_without_a_word_after_it_was_used_before_is_an_attempt_of_ours_to_count()
    {
        // Clients like to send such a request again by themselves.
        using var api = new LoopbackApi(call => call.Number % 2 == 0 ? new Reply(200) { IsRaw = true, Cut = true } : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(api.Calls.Sum(call => PlainProtocol.Inputs(call.Body).Length), questioning.Summary.Queries);
        Assert.Equal(api.Calls.Count, questioning.Summary.Exchanges);
    }

    [Fact]
    public async Task A_budget_below_the_number_of_inputs_is_an_error_before_anything_is_sent()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url).With(limits => limits with { QueryBudget = 9 });

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1634", ExitCode.Usage), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("9", error.Message, StringComparison.Ordinal);
        Assert.Contains("10 inputs", error.Message, StringComparison.Ordinal);
        Assert.Empty(api.Calls);
    }

    [Fact]
    public async Task Answers_that_stay_out_are_missing_and_the_first_reason_is_told()
    {
        using var api = new LoopbackApi(call => PlainProtocol.Inputs(call.Body).Any(input => input[0] == 8.5f) ? new Reply(400, "no") : Questioning.Good(call));
        using var questioning = new Questioning(api.Url).With(limits => limits with { Shuffle = false });

        var outputs = await questioning.AskAsync();

        Assert.Equal(6, outputs.Answered);
        Assert.Equal([0, 1, 2, 3, 8, 9], Enumerable.Range(0, 10).Where(i => outputs.Rows[i] is not null));
        Assert.Equal("4 of 10 answers are missing; the first request that failed: HTTP 400.", outputs.WhyMissing);
    }

    [Fact]
    public async Task A_batch_that_failed_once_is_asked_again_at_the_end()
    {
        using var api = new LoopbackApi(call => call.Number == 2 ? new Reply(200, "<html>the proxy's page</html>") : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());
    }

    [Fact]
    public async Task A_suspect_that_fails_for_good_after_its_first_answers_is_not_asked_on_and_on()
    {
        using var api = new LoopbackApi(call => call.Number > 2 ? new Reply(500) : Questioning.Good(call));
        using var questioning = new Questioning(api.Url, inputs: 100).With(limits => limits with { Retries = 1 });

        var outputs = await questioning.AskAsync();

        Assert.Equal(8, outputs.Answered);
        Assert.Equal(2 + (3 * 2), api.Calls.Count);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{\"answers\":[[1,2,3]]}")]
    [InlineData("[[1,2,NaN],[1,2,3],[1,2,3],[1,2,3]]")]
    public async Task Answers_that_are_none_leave_everything_missing(string body)
    {
        using var api = new LoopbackApi(_ => new Reply(200, body));
        using var questioning = new Questioning(api.Url);

        var outputs = await questioning.AskAsync();

        Assert.Equal(0, outputs.Answered);
        Assert.StartsWith("10 of 10 answers are missing", outputs.WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_of_another_width_are_another_task()
    {
        using var api = new LoopbackApi(call => new Reply(200, JsonSerializer.Serialize(PlainProtocol.Inputs(call.Body))));
        using var questioning = new Questioning(api.Url);

        var error = await questioning.FailsAsync();

        Assert.Equal("UTAF1601", error.Diagnostic.Code);
        Assert.Contains("3 outputs, the suspect has 2", error.Message, StringComparison.Ordinal);
        Assert.Single(api.Calls);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task Answers_in_another_order_are_recognised(int batchSize)
    {
        using var api = new LoopbackApi(call => new Reply(200, JsonSerializer.Serialize(PlainProtocol.Inputs(call.Body).Select(Questioning.Model).Reverse())));
        using var questioning = new Questioning(api.Url).With(limits => limits with { BatchSize = batchSize });

        var outputs = await questioning.AskAsync();

        Assert.Equal(0, outputs.Answered);
        Assert.Contains("reordered", outputs.WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sorted_answers_are_recognised()
    {
        using var api = new LoopbackApi(call => new Reply(200, JsonSerializer.Serialize(PlainProtocol.Inputs(call.Body).Select(Questioning.Model).OrderBy(row => row[0]))));
        using var questioning = new Questioning(api.Url, inputs: 40).With(limits => limits with { BatchSize = 32 });

        Assert.Contains("reordered", (await questioning.AskAsync()).WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_vary_are_noted()
    {
        using var api = new LoopbackApi(call => new Reply(200, JsonSerializer.Serialize(
            PlainProtocol.Inputs(call.Body).Select(input => Questioning.Model(input).Select(value => value * (1 + (0.01f * call.Number)))))));
        using var questioning = new Questioning(api.Url);

        Assert.Equal(10, (await questioning.AskAsync()).Answered);

        Assert.Contains(questioning.Summary.Notes, note => note.Contains("vary between requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_room_in_the_budget_the_order_is_not_checked_and_that_is_noted()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url).With(limits => limits with { QueryBudget = 10 });

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Contains("budget leaves no room", Assert.Single(questioning.Summary.Notes), StringComparison.Ordinal);
        Assert.Equal(3, api.Calls.Count);
    }

    [Fact]
    public async Task The_description_is_checked_before_the_first_query()
    {
        using var api = new LoopbackApi(_ => new Reply(200, "{\"inputs\":7}"));
        using var questioning = new Questioning(api.Url);
        questioning.Protocol = new PlainProtocol(api.Url, 2, Questioning.Width) { DescriptionAddress = api.Url };

        Assert.Equal("UTAF1602", (await questioning.FailsAsync()).Diagnostic.Code);
        Assert.Equal("GET", Assert.Single(api.Calls).Method);
        Assert.Equal((1, 0), (questioning.Summary.Exchanges, questioning.Summary.Queries));
    }

    [Theory]
    [InlineData(405, "")]
    [InlineData(501, "")]
    [InlineData(200, "<html></html>")]
    [InlineData(200, "[]")]
    public async Task A_description_that_is_not_given_is_noted(int status, string body)
    {
        using var api = new LoopbackApi(call => call.Method == "GET" ? new Reply(status, body) : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);
        questioning.Protocol = new PlainProtocol(api.Url, 2, Questioning.Width) { DescriptionAddress = api.Url };

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Contains("not checked", Assert.Single(questioning.Summary.Notes), StringComparison.Ordinal);
        Assert.Single(api.Calls, call => call.Method == "GET");
    }

    [Fact]
    public async Task Ctrl_C_stops_at_once_and_the_next_run_goes_on()
    {
        using var stop = new CancellationTokenSource();
        using var api = new LoopbackApi(call =>
        {
            if (call.Number == 2)
            {
                stop.Cancel();
            }

            return Questioning.Good(call) with { Drip = call.Number == 2 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero };
        });
        using var questioning = new Questioning(api.Url);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => questioning.AskAsync(stop.Token));
        Assert.Equal((2, 8, 1), (questioning.Summary.Exchanges, questioning.Summary.Queries, questioning.Summary.Refused));

        questioning.IsComplete(await questioning.AskAsync());
        Assert.Equal(4 + 4 + 4 + 2 + 3, questioning.Summary.Queries);
    }

    [Fact]
    public async Task Stopped_before_the_check_of_the_order_the_next_run_makes_it_with_tensors_of_the_right_name()
    {
        using var stop = new CancellationTokenSource();
        var interrupt = true;
        using var api = new LoopbackApi(call =>
        {
            var reply = Tensors(call, row => row[0]);
            if (interrupt && call.Number == 3)
            {
                stop.Cancel();
                return reply with { Drip = TimeSpan.FromMinutes(1) };
            }

            return reply;
        });
        using var questioning = new Questioning(api.Url).With(limits => limits with { BatchSize = 10 });
        questioning.Protocol = OpenInference(questioning);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => questioning.AskAsync(stop.Token));
        interrupt = false;

        // A new process knows nothing of the description.
        questioning.Protocol = OpenInference(questioning);
        var outputs = await questioning.AskAsync();

        Assert.Contains("reordered", outputs.WhyMissing, StringComparison.Ordinal);
        Assert.Empty(questioning.Summary.Notes);
        Assert.Equal(["GET", "POST", "POST", "GET", "POST"], api.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task A_suspect_that_went_away_between_two_runs_is_inconclusive_like_one_that_went_away_within_one()
    {
        var gone = false;
        using var stop = new CancellationTokenSource();
        using var api = new LoopbackApi(call =>
        {
            if (!gone && call.Number == 3)
            {
                stop.Cancel();
            }

            return gone ? new Reply(503) : Tensors(call, _ => 0);
        });
        using var questioning = new Questioning(api.Url).With(limits => limits with { BatchSize = 4, Retries = 0 });
        questioning.Protocol = OpenInference(questioning);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => questioning.AskAsync(stop.Token));
        gone = true;

        questioning.Protocol = OpenInference(questioning);
        var outputs = await questioning.AskAsync();

        Assert.InRange(outputs.Answered, 4, 8);
        Assert.Contains("answers are missing; the first request that failed: HTTP 503", outputs.WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_say_what_the_numbers_are()
    {
        using var api = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(api.Url);
        questioning.Suspect = questioning.Suspect with { Response = new ResponseSettings { Kind = Utaf.Verification.OutputKind.Logits } };

        Assert.Equal(Utaf.Verification.OutputKind.Logits, (await questioning.AskAsync()).Kind);
    }

    private static IPredictionProtocol OpenInference(Questioning questioning)
    {
        var manifest = SamplePairs.Manifest;
        return PredictionProtocols.Create(
            questioning.Suspect with { Protocol = "open-inference" },
            manifest with { Input = new InputSpecification([2], -1000, 1000), Output = manifest.Output with { Width = Questioning.Width } });
    }

    /// <summary>A server whose tensor has a name of its own, and whose answers come in an order of their own.</summary>
    private static Reply Tensors(Call call, Func<float[], float> order)
    {
        if (call.Method == "GET")
        {
            return new Reply(200, """{"name":"m","inputs":[{"name":"pixels","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"scores","datatype":"FP32","shape":[-1,3]}]}""");
        }

        var input = JsonDocument.Parse(call.Body).RootElement.GetProperty("inputs")[0];
        if (input.GetProperty("name").GetString() != "pixels")
        {
            return new Reply(400, """{"error":"there is no tensor of that name"}""");
        }

        var rows = input.GetProperty("data").Deserialize<float[]>()!.Chunk(2).Select(Questioning.Model).OrderBy(order).ToArray();
        return new Reply(200, JsonSerializer.Serialize(new
        {
            outputs = new[] { new { name = "scores", datatype = "FP32", shape = new[] { rows.Length, 3 }, data = rows.SelectMany(row => row) } },
        }));
    }
}
