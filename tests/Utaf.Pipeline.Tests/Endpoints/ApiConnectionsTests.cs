using Microsoft.Extensions.Time.Testing;
using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>What suspects on one host share.</summary>
public sealed class ApiConnectionsTests
{
    [Fact]
    public async Task Suspects_on_one_host_share_its_rate_and_the_smallest_one_holds()
    {
        var time = new FakeTimeProvider();
        using var api = new LoopbackApi(Questioning.Good);
        using var connections = new ApiConnections(time);
        var began = time.GetUtcNow();
        var queries = new[] { 50.0, 2.0 }.Select(rate => AskAsync(api, connections, time, rate)).ToArray();

        var all = Task.WhenAll(queries);
        while (!all.IsCompleted)
        {
            // Two requests a second: one at once, and one for each half second that went by.
            Assert.True(api.Calls.Count <= 1 + ((time.GetUtcNow() - began).TotalSeconds * 2), $"{api.Calls.Count} requests after {time.GetUtcNow() - began}");
            time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await all;
        Assert.Equal(8, api.Calls.Count);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(3.5));
    }

    [Fact]
    public async Task Suspects_on_other_hosts_wait_for_nobody()
    {
        var time = new FakeTimeProvider();
        using var slow = new LoopbackApi(Questioning.Good);
        using var quick = new LoopbackApi(Questioning.Good);
        using var connections = new ApiConnections(time);

        var waiting = AskAsync(slow, connections, time, 0.001);
        await AskAsync(quick, connections, time, null);

        Assert.Equal(4, quick.Calls.Count);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task A_host_that_fails_again_and_again_is_left_alone_for_a_while()
    {
        var time = new FakeTimeProvider();
        using var api = new LoopbackApi(_ => new Reply(500));
        using var connections = new ApiConnections(time);
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<UtafException>(() => AskAsync(api, connections, time, null, retries: 0));
        }

        var error = await Assert.ThrowsAsync<UtafException>(() => AskAsync(api, connections, time, null, retries: 0));
        Assert.Equal("UTAF1627", error.Diagnostic.Code);
        Assert.Contains("left alone", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, api.Calls.Count);

        time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<UtafException>(() => AskAsync(api, connections, time, null, retries: 0));
        Assert.Equal(11, api.Calls.Count);
    }

    private static async Task AskAsync(LoopbackApi api, ApiConnections connections, TimeProvider time, double? rate, int retries = 5)
    {
        using var questioning = new Questioning(api.Url).With(limits => limits with { RequestsPerSecond = rate, Retries = retries });
        using var transcript = Transcript.Open(null, questioning.PairSha256, questioning.Suspect, time);
        questioning.IsComplete(await new ApiSuspect(questioning.Suspect, questioning.Protocol, Questioning.Width, connections, transcript)
            .QueryAsync(questioning.Fingerprint, TestContext.Current.CancellationToken));
    }
}
