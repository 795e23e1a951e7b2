using System.IO.Compression;
using CsCheck;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Pipeline.Tests.Peers;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>A suspect that does not answer at all: the user is told why, and what to do.</summary>
public sealed class ApiFailureTests
{
    [Theory]
    [InlineData(401, "UTAF1628", ExitCode.Usage)]
    [InlineData(403, "UTAF1628", ExitCode.Usage)]
    [InlineData(407, "UTAF1629", ExitCode.Usage)]
    [InlineData(404, "UTAF1630", ExitCode.Usage)]
    [InlineData(405, "UTAF1630", ExitCode.Usage)]
    [InlineData(410, "UTAF1630", ExitCode.Usage)]
    [InlineData(400, "UTAF1631", ExitCode.Usage)]
    [InlineData(422, "UTAF1631", ExitCode.Usage)]
    [InlineData(304, "UTAF1631", ExitCode.Usage)]
    [InlineData(413, "UTAF1632", ExitCode.Usage)]
    [InlineData(429, "UTAF1627", ExitCode.Inconclusive)]
    [InlineData(500, "UTAF1627", ExitCode.Inconclusive)]
    [InlineData(503, "UTAF1627", ExitCode.Inconclusive)]
    public async Task A_status_at_the_first_contact_has_its_error(int status, string code, ExitCode exitCode)
    {
        using var api = new LoopbackApi(_ => new Reply(status, "because"));
        using var questioning = new Questioning(api.Url).With(limits => limits with { Retries = 2 });

        var error = await questioning.FailsAsync();

        Assert.Equal((code, exitCode, "rival"), (error.Diagnostic.Code, error.Diagnostic.ExitCode, error.Diagnostic.Origin));
        Assert.Equal(exitCode == ExitCode.Inconclusive ? 3 : 1, api.Calls.Count);
    }

    [Fact]
    public async Task A_refusal_without_credentials_says_which_settings_there_are()
    {
        using var api = new LoopbackApi(_ => new Reply(401));
        using var questioning = new Questioning(api.Url);

        Assert.Contains("set authentication.bearer", (await questioning.FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_setting_and_variable_but_never_the_value()
    {
        const string Token = "token-that-nobody-may-see-0123456789";
        using var api = new LoopbackApi(call => new Reply(call.Number == 1 ? 401 : 400, $"bad token {Token}, bad key {call.Headers["X-Api-Key"][..12]}"));
        using var questioning = new Questioning(api.Url);
        questioning.Environment["RIVAL_TOKEN"] = $"{Token}\n";
        questioning.Environment["RIVAL_KEY"] = "another-secret-9876";
        questioning.Suspect = questioning.Suspect with
        {
            Authentication = new AuthenticationSettings
            {
                Bearer = new Secret("RIVAL_TOKEN"),
                Headers = new Dictionary<string, Secret> { ["X-Api-Key"] = new("RIVAL_KEY") },
            },
        };

        var refused = await questioning.FailsAsync();
        var repeated = await questioning.FailsAsync();

        Assert.Contains("authentication.bearer from the environment variable RIVAL_TOKEN", refused.Message, StringComparison.Ordinal);
        Assert.Contains("authentication.headers.X-Api-Key from the environment variable RIVAL_KEY", refused.Message, StringComparison.Ordinal);
        Assert.Contains("bad token (secret), bad key (secret)", repeated.Message, StringComparison.Ordinal);
        Assert.Equal($"Bearer {Token}", api.Calls.First().Headers["Authorization"]);
        Assert.Equal("another-secret-9876", api.Calls.First().Headers["X-Api-Key"]);
        foreach (var shown in new[] { refused.ToString(), repeated.ToString(), questioning.Written() })
        {
            Assert.DoesNotContain(Token[..8], shown, StringComparison.Ordinal);
            Assert.DoesNotContain("another-", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_missing_secret_names_its_variable()
    {
        using var questioning = new Questioning(new Uri("http://127.0.0.1:1/m"));
        questioning.Suspect = questioning.Suspect with { Authentication = new AuthenticationSettings { Bearer = new Secret("RIVAL_TOKEN") } };

        var error = await questioning.FailsAsync();

        Assert.Equal("UTAF1012", error.Diagnostic.Code);
        Assert.Contains("RIVAL_TOKEN", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Api-Key", "two\nlines")]
    [InlineData("X-Api-Key", "schlüssel")]
    [InlineData("X-Api-Key", "  ")]
    [InlineData("Content-Type", "well-formed")]
    [InlineData("no header", "well-formed")]
    public async Task A_secret_that_no_header_can_hold_is_an_error_without_its_value(string header, string value)
    {
        using var questioning = new Questioning(new Uri("http://127.0.0.1:1/m"));
        questioning.Environment["RIVAL_KEY"] = value;
        questioning.Suspect = questioning.Suspect with
        {
            Authentication = new AuthenticationSettings { Headers = new Dictionary<string, Secret> { [header] = new("RIVAL_KEY") } },
        };

        var error = await questioning.FailsAsync();

        Assert.Equal("UTAF1635", error.Diagnostic.Code);
        Assert.Contains("RIVAL_KEY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"'{value}'", error.Message, StringComparison.Ordinal);
        Assert.False(value.Trim().Length > 0 && error.ToString().Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_suspect_says_is_shortened_and_harmless()
    {
        using var api = new LoopbackApi(_ => new Reply(422, "\u001b[31mred\u202e\r\nshape " + new string('x', 5000)));
        using var questioning = new Questioning(api.Url);

        var error = await questioning.FailsAsync();

        Assert.Contains("'[31mred shape xxx", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, letter => char.IsControl(letter) || letter == '\u202e');
        Assert.True(error.Message.Length < 500);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_unreachable()
    {
        using var questioning = new Questioning(new Uri($"http://127.0.0.1:{PeerProcess.FreePort()}/m?key=hidden"));

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1625", ExitCode.Inconclusive), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, questioning.Summary.Exchanges);
        Assert.DoesNotContain("hidden", error + questioning.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable()
    {
        using var questioning = new Questioning(new Uri("http://no-such-host.invalid/m"));

        Assert.Equal("UTAF1625", (await questioning.FailsAsync()).Diagnostic.Code);
    }

    [Fact]
    public async Task A_slow_drip_ends_with_the_time_limit()
    {
        using var api = new LoopbackApi(call => Questioning.Good(call) with { Drip = TimeSpan.FromMilliseconds(300) });
        using var questioning = new Questioning(api.Url) { Time = TimeProvider.System }
            .With(limits => limits with { TimeoutSeconds = 0.4, Retries = 0 });

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1627", ExitCode.Inconclusive), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("within 0.4 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("no complete response within the time limit", questioning.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_tried_again()
    {
        using var api = new LoopbackApi(call => call.Number % 2 == 1 ? new Reply(200, "[[1") { DeclaredLength = 1000, Cut = true } : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());
    }

    [Fact]
    public async Task A_connection_that_is_always_cut_is_silence()
    {
        using var api = new LoopbackApi(_ => new Reply(200, "[[1") { DeclaredLength = 1000, Cut = true });
        using var questioning = new Questioning(api.Url).With(limits => limits with { Retries = 1 });

        var error = await questioning.FailsAsync();

        Assert.Equal("UTAF1627", error.Diagnostic.Code);
        Assert.Contains("in 2 attempt(s)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_that_are_broken_in_any_way_are_errors_or_missing_answers_but_no_crash()
    {
        var damage = Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Byte);
        await damage.Array[1, 4].SampleAsync(
            async damages =>
            {
                using var api = new LoopbackApi(call =>
                {
                    var good = Questioning.Good(call);
                    byte[] whole = [.. LoopbackApi.Head(good), .. good.Body];
                    return new Reply(0, damages.Aggregate(whole, Damaged)) { IsRaw = true, Cut = true };
                });
                using var questioning = new Questioning(api.Url, inputs: 3).With(limits => limits with { Retries = 0 });
                try
                {
                    var outputs = await questioning.AskAsync();
                    Assert.Equal(outputs.Answered < 3, outputs.WhyMissing is not null);
                }
                catch (UtafException error)
                {
                    Assert.StartsWith("UTAF16", error.Diagnostic.Code, StringComparison.Ordinal);
                }
            },
            iter: 300,
            threads: 2);

        static byte[] Damaged(byte[] bytes, (int Kind, double Place, byte Value) damage)
        {
            var i = (int)(damage.Place * Math.Max(bytes.Length - 1, 0));
            return damage.Kind switch
            {
                0 => bytes[..i],
                1 => [.. bytes[..i], damage.Value, .. bytes[i..]],
                2 => [.. bytes[..i], .. bytes[Math.Min(i + 1, bytes.Length)..]],
                _ => [.. bytes[..i], .. bytes[(bytes.Length / 2)..]],
            };
        }
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("date", 30)]
    public async Task Retry_After_is_honoured_in_seconds_and_as_a_date(string form, int leastSeconds)
    {
        var wait = form == "date" ? DateTimeOffset.UtcNow.AddSeconds(60).ToString("R") : form;
        using var api = new LoopbackApi(call => call.Number == 1 ? new Reply(429) { Headers = { ["Retry-After"] = wait } } : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());

        var sent = SentTimes(questioning);

        // A timer may fire a millisecond or two early, which the hurried clock makes a hundred of.
        Assert.True(sent[1] - sent[0] >= TimeSpan.FromSeconds(leastSeconds - 0.25), $"waited {sent[1] - sent[0]}");
    }

    [Fact]
    public async Task A_service_that_wants_to_be_left_alone_for_an_hour_is()
    {
        using var api = new LoopbackApi(_ => new Reply(429) { Headers = { ["Retry-After"] = "3600" } });
        using var questioning = new Questioning(api.Url);

        Assert.Equal("UTAF1627", (await questioning.FailsAsync()).Diagnostic.Code);
        Assert.Single(api.Calls);
    }

    [Fact]
    public async Task Redirects_on_the_same_host_are_followed_and_remembered()
    {
        using var api = new LoopbackApi(call => call.Target == "/models/m" ? new Reply(307) { Headers = { ["Location"] = "/models/m/" } } : Questioning.Good(call));
        using var questioning = new Questioning(api.Url);

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(["/models/m", "/models/m/", "/models/m/", "/models/m/", "/models/m/"], api.Calls.Select(call => call.Target));
        Assert.Equal(4 + 4 + 4 + 2 + 3, questioning.Summary.Queries);
    }

    [Fact]
    public async Task Redirects_to_another_host_are_refused_and_nothing_goes_there()
    {
        using var other = new LoopbackApi(Questioning.Good);
        using var api = new LoopbackApi(_ => new Reply(307) { Headers = { ["Location"] = $"{other.Url}?token=hidden" } });
        using var questioning = new Questioning(api.Url);

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1633", ExitCode.Usage), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains(other.Url.ToString(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Calls);
    }

    [Theory]
    [InlineData(302, "/elsewhere")]
    [InlineData(308, "/models/m")]
    public async Task A_redirect_that_loses_the_question_or_never_ends_is_refused(int status, string location)
    {
        using var api = new LoopbackApi(_ => new Reply(status) { Headers = { ["Location"] = location } });
        using var questioning = new Questioning(api.Url);

        Assert.Equal("UTAF1633", (await questioning.FailsAsync()).Diagnostic.Code);
        Assert.Equal(status == 302 ? 1 : 4, api.Calls.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_that_is_too_large_is_not_read_on_even_if_it_was_small_on_the_way(bool zipped)
    {
        var body = new byte[5 << 20];
        Array.Fill(body, (byte)' ');
        using var api = new LoopbackApi(_ => zipped ? new Reply(200, Zipped(body)) { Headers = { ["Content-Encoding"] = "gzip" } } : new Reply(200, body));
        using var questioning = new Questioning(api.Url).With(limits => limits with { MaxResponseBytes = 1 << 20 });

        var outputs = await questioning.AskAsync();

        Assert.Equal(0, outputs.Answered);
        Assert.Contains("larger than 1048576 bytes", outputs.WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_answers_are_read_and_broken_compression_is_no_answer()
    {
        using var api = new LoopbackApi(call => new Reply(200, call.Number == 1 ? Zipped(Questioning.Good(call).Body) : [1, 2, 3])
        {
            Headers = { ["Content-Encoding"] = "gzip" },
        });
        using var questioning = new Questioning(api.Url);

        var outputs = await questioning.AskAsync();

        Assert.Equal(4, outputs.Answered);
        Assert.Contains("cannot be decompressed", outputs.WhyMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_proxy_gets_the_requests()
    {
        using var proxy = new LoopbackApi(Questioning.Good);
        using var questioning = new Questioning(new Uri("http://rival.invalid/models/m"));
        questioning.Suspect = questioning.Suspect with { Proxy = new Uri($"http://127.0.0.1:{proxy.Port}") };

        questioning.IsComplete(await questioning.AskAsync());

        Assert.All(proxy.Calls, call => Assert.Equal("http://rival.invalid/models/m", call.Target));
    }

    [Fact]
    public async Task A_proxy_that_opens_no_tunnel_is_named()
    {
        using var proxy = new LoopbackApi(_ => new Reply(403));
        using var questioning = new Questioning(new Uri("https://rival.invalid/models/m"));
        questioning.Suspect = questioning.Suspect with { Proxy = new Uri($"http://127.0.0.1:{proxy.Port}") };

        var error = await questioning.FailsAsync();

        Assert.Equal(("UTAF1629", ExitCode.Usage), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Equal("CONNECT", Assert.Single(proxy.Calls).Method);
    }

    private static List<DateTimeOffset> SentTimes(Questioning questioning)
    {
        questioning.Stop();
        return
        [
            .. File.ReadLines(Path.Combine(questioning.Folder, "transcript.jsonl"))
                .Select(line => System.Text.Json.JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptLine)!.Sending)
                .OfType<Sending>()
                .Select(sending => sending.SentUtc),
        ];
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }
}
