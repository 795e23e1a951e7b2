using System.Diagnostics;
using System.Globalization;
using Utaf.Construction;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Writes an ensemble of many untrained ResNet-18s.</summary>
/// <param name="Folder">Where.</param>
/// <param name="PerSide">Positives, and as many negatives.</param>
internal sealed record ManyMembersWork(string Folder, int PerSide) : SpeedWork
{
    public override void Run(Action<StageLine> report)
    {
        var clock = Stopwatch.StartNew();
        ResNetScenario.Start();
        ResNetScenario.Untrained(Folder, PerSide).Dispose();
        report(new("members", clock.Elapsed.TotalSeconds, new Dictionary<string, double> { ["members"] = PerSide * 2 }));
    }
}

/// <summary>Constructs on them in float32, which takes the most, and reads from the system how much memory that took at most.</summary>
/// <param name="Folder">Where <see cref="ManyMembersWork"/> wrote them.</param>
/// <param name="PerSide">As there.</param>
/// <param name="Examples">N.</param>
/// <param name="Iterations">Of the batched schedule.</param>
internal sealed record MemoryWork(string Folder, int PerSide, int Examples, int Iterations) : SpeedWork
{
    private const double BytesPerKilobyte = 1024;

    public override void Run(Action<StageLine> report)
    {
        ResNetScenario.Start();
        using var ensemble = ResNetScenario.Untrained(Folder, PerSide);
        var started = PeakBytes();
        var clock = Stopwatch.StartNew();
        PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, new(Examples, Iterations: Iterations, Precision: Precision.Full), "benchmark", progress: null, CancellationToken.None);
        report(new("memory", clock.Elapsed.TotalSeconds, new Dictionary<string, double> { ["peak_bytes"] = PeakBytes(), ["peak_bytes_before"] = started }));
    }

    /// <summary>The largest resident set so far: VmHWM where the system has it.</summary>
    private static double PeakBytes()
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status))
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }

        var line = File.ReadLines(status).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesPerKilobyte;
    }
}
