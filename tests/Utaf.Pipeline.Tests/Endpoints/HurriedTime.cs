namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>A clock that runs a hundred times faster, timers too, so that tests need not sit through the waits.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Speed = 100;

    private readonly DateTimeOffset began = DateTimeOffset.UtcNow;
    private readonly long start = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => began + GetElapsedTime(0, GetTimestamp());

    public override long GetTimestamp() => (System.GetTimestamp() - start) * Speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new HurriedTimer(System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period)));

    private static TimeSpan Hurried(TimeSpan time) => time > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds / Speed)) : time;

    private sealed class HurriedTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hurried(dueTime), Hurried(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
