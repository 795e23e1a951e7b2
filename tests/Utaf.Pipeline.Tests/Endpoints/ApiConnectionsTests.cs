using Microsoft.Extensions.Time.Testing;
using Utaf.Configuration;
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
        using var first = new Visit(api, connections, time, limits => limits with { RequestsPerSecond = 50 });
        using var second = new Visit(api, connections, time, limits => limits with { RequestsPerSecond = 2 });
        var began = time.GetUtcNow();

        var all = Task.WhenAll(first.AskAsync(), second.AskAsync());
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

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var patient = new Visit(slow, connections, time, limits => limits with { RequestsPerSecond = 0.001 });
        using var hasty = new Visit(quick, connections, time, limits => limits);

        var waiting = patient.AskAsync(stop.Token);
        await hasty.AskAsync();

        Assert.Equal(4, quick.Calls.Count);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_host_that_fails_again_and_again_is_left_alone_for_a_while()
    {
        var time = new FakeTimeProvider();
        using var api = new LoopbackApi(_ => new Reply(500));
        using var connections = new ApiConnections(time);
        for (var i = 0; i < 10; i++)
        {
            await FailAsync();
        }

        Assert.Contains("left alone", await FailAsync(), StringComparison.Ordinal);
        Assert.Equal(10, api.Calls.Count);

        time.Advance(TimeSpan.FromSeconds(6));
        await FailAsync();
        Assert.Equal(11, api.Calls.Count);

        async Task<string> FailAsync()
        {
            using var visit = new Visit(api, connections, time, limits => limits with { Retries = 0 });
            var error = await Assert.ThrowsAsync<UtafException>(() => visit.AskAsync());
            Assert.Equal("UTAF1627", error.Diagnostic.Code);
            return error.Message;
        }
    }

    [Fact]
    public async Task Suspects_of_one_route_share_the_open_connections()
    {
        using var api = new LoopbackApi(Questioning.Good);
        var opened = 0;
        using var connections = new ApiConnections(TimeProvider.System, transport: sockets =>
        {
            opened++;
            return sockets;
        });
        foreach (var proxy in new[] { null, null, new Uri($"http://127.0.0.1:{api.Port}") })
        {
            using var visit = new Visit(api, connections, TimeProvider.System, limits => limits, proxy);
            await visit.AskAsync();
        }

        Assert.Equal(2, opened);
    }

    /// <summary>One suspect of several that share their connections; nothing is kept on disk.</summary>
    private sealed class Visit : IDisposable
    {
        private readonly Questioning questioning;
        private readonly Transcript transcript;
        private readonly ApiSuspect suspect;

        public Visit(LoopbackApi api, ApiConnections connections, TimeProvider time, Func<LimitSettings, LimitSettings> limits, Uri? proxy = null)
        {
            questioning = new Questioning(api.Url).With(limits);
            questioning.Suspect = questioning.Suspect with { Proxy = proxy };
            transcript = Transcript.Open(null, questioning.PairSha256, questioning.Suspect, time);
            suspect = new ApiSuspect(questioning.Suspect, questioning.Protocol, Questioning.Width, connections, transcript);
        }

        public async Task AskAsync(CancellationToken? stop = null) =>
            questioning.IsComplete(await suspect.QueryAsync(questioning.Fingerprint, stop ?? TestContext.Current.CancellationToken));

        public void Dispose()
        {
            transcript.Dispose();
            questioning.Dispose();
        }
    }
}
