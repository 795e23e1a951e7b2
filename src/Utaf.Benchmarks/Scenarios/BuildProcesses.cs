using System.Diagnostics;
using System.Globalization;
using Utaf.Ensembles;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>A part of an ensemble's members, for one of several processes: on small tensors more threads only wait for each other.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">Of all parts.</param>
internal sealed record BuildPart(int Index, int Count)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Reads I/N; null where it is none.</summary>
    public static BuildPart? Parse(string? text) =>
        text?.Split('/') is [var index, var count]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && i < n
            ? new(i, n)
            : null;

    /// <summary>The part's members that are not built; those that start from another member wait until all parts are there.</summary>
    public IReadOnlyList<Member> Of(EnsembleFolder folder) =>
        [.. folder.Plan.Members.Where((member, i) => i % Count == Index && member.Parent is null && !folder.Has(member))];
}

/// <summary>The other processes that build an ensemble: this program again, each with its part. They end with this one.</summary>
internal sealed class BuildProcesses : IDisposable
{
    private readonly List<Process> processes;

    private BuildProcesses(List<Process> processes) => this.processes = processes;

    /// <summary>Starts those of all parts but the first.</summary>
    public static BuildProcesses Start(Scenario scenario, ScenarioSettings settings, ulong seed) =>
        new([.. Enumerable.Range(1, settings.Processes - 1).Select(i => Start(scenario, settings, seed, new(i, settings.Processes)))]);

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

    private static Process Start(Scenario scenario, ScenarioSettings settings, ulong seed, BuildPart part)
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
            "--build-part", part.ToString(),
            .. settings.Irrelevant.SelectMany(file => (string[])["--irrelevant", file]),
        ];
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Utaf.Benchmarks.exe" : "Utaf.Benchmarks");
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
    }
}
