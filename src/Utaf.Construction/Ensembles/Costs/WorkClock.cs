using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Costs;

/// <summary>
/// How long work takes where nothing else runs. On the CPU no longer than the processor time that it takes: on a busy machine
/// a few steps wait for other programs by chance, and would be taken for slow ones.
/// </summary>
/// <param name="device">Where the work is done; another device's time is no processor time.</param>
internal sealed class WorkClock(Device device)
{
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly TimeSpan used = Environment.CpuUsage.TotalTime;

    /// <summary>Seconds by the clock on the wall.</summary>
    public double WallSeconds => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Seconds of work so far.</summary>
    /// <param name="processors">How many processors it uses at once.</param>
    public double Seconds(int processors = 1) => device.type == DeviceType.CPU
        ? Math.Min(WallSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds / processors)
        : WallSeconds;
}
