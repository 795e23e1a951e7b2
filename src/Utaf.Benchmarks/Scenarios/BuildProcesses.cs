using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using Utaf.Ensembles;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The other processes that build an ensemble: this program again, each with its shard. They end with this one.</summary>
internal sealed class BuildProcesses : IDisposable
{
    // Starting a process, and reading the data there, takes as long as training some small networks.
    private const int FewestMembers = 8;

    private readonly List<Process> processes;

    private BuildProcesses(List<Process> processes) => this.processes = processes;

    /// <summary>
    /// A shard's own members that are not built. Those that start from another member wait until all shards are there.
    /// </summary>
    public static IReadOnlyList<Member> Missing(Shard shard, EnsembleFolder folder) =>
        [.. shard.Own(folder.Plan).Where(member => member.Parent is null && !folder.Has(member))];

    /// <summary>Whether they save time: on a processor, when there is enough to build.</summary>
    /// <param name="own">Members of this process's shard.</param>
    /// <param name="count">Of processes, this one counted.</param>
    /// <param name="device">Where members are trained.</param>
    public static bool AreWorthwhile(int own, int count, torch.Device device) => count > 1 && own >= FewestMembers && device.type == DeviceType.CPU;

    /// <summary>A plan's members as the processes build them, this one's first: those that start from another member are left to it.</summary>
    /// <param name="plan">The ensemble, of which nothing is built.</param>
    /// <param name="count">Of processes, this one counted.</param>
    /// <param name="device">Where members are trained.</param>
    public static IReadOnlyList<IReadOnlyList<Member>> Parts(EnsemblePlan plan, int count, torch.Device device)
    {
        List<Member>[] parts = [.. Shard.All.Divide(count).Select(shard => shard.Own(plan).Where(member => member.Parent is null).ToList())];
        if (!AreWorthwhile(parts[0].Count, count, device))
        {
            return [plan.Members];
        }

        parts[0].AddRange(plan.Members.Where(member => member.Parent is not null));
        return parts;
    }

    /// <summary>Starts those of all shards but the first.</summary>
    public static BuildProcesses Start(Scenario scenario, ScenarioSettings settings, ulong seed) =>
        new([.. Shard.All.Divide(settings.Processes).Skip(1).Select(shard => Start(scenario, settings, seed, shard))]);

    /// <summary>Waits until all have ended. What one of them could not build is missing, and is built here: its error is told then.</summary>
    public void Wait(CancellationToken stop)
    {
        foreach (var process in processes)
        {
            process.WaitForExitAsync(stop).GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends them.</summary>
    public void Dispose()
    {
        foreach (var process in processes)
        {
            // They end by themselves when nobody holds the other end any more.
            process.StandardInput.Dispose();
            process.Dispose();
        }
    }

    /// <summary>In such a process: a token that is cancelled when the one that started it is gone.</summary>
    public static CancellationTokenSource UntilOrphaned(CancellationToken stop)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nothing is said to it.
            }

            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It is at its end.
            }
        })
        { IsBackground = true }.Start();
        return source;
    }

    private static Process Start(Scenario scenario, ScenarioSettings settings, ulong seed, Shard shard)
    {
        string[] arguments =
        [
            scenario.Name,
            "--data", settings.Data,
            "--seed", seed.ToString(CultureInfo.InvariantCulture),
            "--repeats", "1",
            "--profile", settings.Profile.ToString(),
            "--work", settings.Work,
            "--threads", settings.Threads.ToString(CultureInfo.InvariantCulture),
            "--shard", shard.ToString(),
            .. settings.Irrelevant.SelectMany(file => (string[])["--irrelevant", file]),
        ];
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Utaf.Benchmarks.exe" : "Utaf.Benchmarks");
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
    }
}
