namespace Utaf.Endpoints;

/// <summary>
/// Spaces requests evenly. The rate may fall while it is used, which the limiters of System.Threading.RateLimiting do not allow;
/// and they keep their own clock.
/// </summary>
internal sealed class RequestPace(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly long began = time.GetTimestamp();
    private TimeSpan interval;
    private TimeSpan? last;

    /// <summary>At most this many requests a second, above 0; null asks for nothing.</summary>
    public void Limit(double? requestsPerSecond)
    {
        lock (gate)
        {
            var asked = requestsPerSecond is { } rate ? TimeSpan.FromSeconds(Math.Min(1 / rate, TimeSpan.FromDays(1).TotalSeconds)) : TimeSpan.Zero;
            interval = asked > interval ? asked : interval;
        }
    }

    /// <summary>Takes the next turn and waits for it.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = time.GetElapsedTime(began);
            var turn = last + interval is { } next && next > now ? next : now;
            last = turn;
            wait = turn - now;
        }

        if (wait > TimeSpan.Zero)
        {
            // Timers count whole milliseconds and would be early by a fraction of one.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
