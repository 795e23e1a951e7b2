using System.Diagnostics;
using System.Globalization;
using Utaf.Ensembles;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>Further processes that build parts of an ensemble: torch's own generator, from which dropout draws, is one for each process.</summary>
internal sealed class BuildHelpers(Scenario scenario, ScenarioSettings settings, ulong seed) : IDisposable
{
    private readonly List<(Process Process, Shard Shard)> started = [];

    /// <summary>Starts a process for each part.</summary>
    public void Start(IEnumerable<Shard> shards)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Utaf.Benchmarks" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        foreach (var shard in shards)
        {
            string[] words =
            [
                scenario.Name, "--data", settings.Data, "--work", settings.Work, "--profile", settings.Profile.ToString(), "--shard", shard.ToString(),
                "--seed", seed.ToString(CultureInfo.InvariantCulture), "--threads", settings.Threads.ToString(CultureInfo.InvariantCulture),
                .. settings.Irrelevant.Count > 0 ? ["--irrelevant", .. settings.Irrelevant] : Array.Empty<string>(),
            ];
            started.Add((Process.Start(new ProcessStartInfo(program, words))!, shard));
        }
    }

    /// <summary>Waits for all of them.</summary>
    /// <exception cref="UtafException">UTAF1001: one has failed; it has told why.</exception>
    public void Wait()
    {
        foreach (var (process, shard) in started)
        {
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw Errors.BadOption("--jobs", $"{settings.Jobs}", $"that the process of shard {shard} ends well; it ended with exit code {process.ExitCode} and told why above. --jobs 1 builds in one process");
            }
        }
    }

    /// <summary>Ends those that still run.</summary>
    public void Dispose()
    {
        foreach (var (process, _) in started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }
}
