using System.Diagnostics;
using System.Globalization;

namespace Utaf.Benchmarks.Speed;

/// <summary>One run: it lets contestants work, keeps all they say, and knows what had to be left out.</summary>
/// <param name="settings">What the user chose.</param>
/// <param name="said">Told how far the run is.</param>
internal sealed class SpeedSession(SpeedSettings settings, Action<string> said)
{
    private readonly List<ContestantRun> runs = [];
    private readonly List<string> leftOut = [];
    private readonly Lazy<(PyTorch? Found, string? Problem)> python = new(() => (PyTorch.TryFind(out var problem), problem));

    /// <summary>What the user chose.</summary>
    public SpeedSettings Settings { get; } = settings;

    /// <summary>Everything that was run, in order.</summary>
    public IReadOnlyList<ContestantRun> Runs => runs;

    /// <summary>What could not be measured, and why.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>The reference's Python, where it was needed and found.</summary>
    public PyTorch? Found => python.IsValueCreated ? python.Value.Found : null;

    /// <summary>The reference's Python.</summary>
    /// <exception cref="ContestantException">There is none with torch.</exception>
    public PyTorch RequirePython() => python.Value.Found ?? throw new ContestantException(python.Value.Problem!);

    /// <summary>A folder for ensembles of one measurement.</summary>
    public string Folder(string name) => Path.GetFullPath(Path.Combine(Settings.Work, "speed", name));

    /// <summary>Fewer pairs of what takes long by itself.</summary>
    public int AtMost(int repeats) => Math.Min(repeats, Settings.Repeats);

    /// <summary>Runs a contestant.</summary>
    /// <exception cref="ContestantException">It did not finish.</exception>
    public IReadOnlyList<StageLine> Run(Contestant contestant)
    {
        var load = LoadAverage();
        var clock = Stopwatch.StartNew();
        var lines = contestant.Run();
        runs.Add(new(contestant.Name, clock.Elapsed.TotalSeconds, load, lines));
        said(string.Create(CultureInfo.InvariantCulture, $"{contestant.Name}: {string.Join(", ", lines.Select(line => $"{line.Stage} {line.Seconds:0.###} s"))} ({clock.Elapsed.TotalSeconds:0} s in all)"));
        return lines;
    }

    /// <summary>Makes one measurement; a contestant that fails costs its rows, not the run.</summary>
    public IReadOnlyList<SpeedRow> Try(IReadOnlyList<string> names, Func<IReadOnlyList<SpeedRow>> measure)
    {
        try
        {
            return [.. measure().Where(row => Settings.Wants(row.Measurement))];
        }
        catch (ContestantException e)
        {
            LeaveOut($"{string.Join(", ", names.Where(name => Settings.Wants(name)))}: {e.Message}");
            return [];
        }
    }

    /// <summary>Notes what is not measured.</summary>
    public void LeaveOut(string what)
    {
        leftOut.Add(what);
        said($"left out: {what}");
    }

    /// <summary>
    /// Runs the reference with one thread and, unless sizes are the smallest, with one for each processor; the faster number is
    /// its best.
    /// </summary>
    /// <param name="withThreads">The reference with a number of threads.</param>
    /// <param name="seconds">What counts of what it says.</param>
    public (int Threads, IReadOnlyList<StageLine> Lines) BestThreads(Func<int, Contestant> withThreads, Func<IReadOnlyList<StageLine>, double> seconds) =>
        ((int[])[1, Settings.Quick ? 1 : Environment.ProcessorCount])
            .Distinct()
            .Select(threads => (threads, Lines: Run(withThreads(threads))))
            .MinBy(tried => seconds(tried.Lines));

    /// <summary>How busy the machine is: the mean number of running processes over the last minute; null where the system does not tell.</summary>
    public static double? LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;
}

/// <summary>What one process said.</summary>
/// <param name="Who">The contestant, and what it did.</param>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="LoadBefore">How busy the machine was before.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record ContestantRun(string Who, double Seconds, double? LoadBefore, IReadOnlyList<StageLine> Lines);

/// <summary>Finding a stage among a contestant's lines.</summary>
internal static class StageLines
{
    /// <exception cref="ContestantException">The contestant did not say it.</exception>
    public static StageLine Stage(this IReadOnlyList<StageLine> lines, string stage) =>
        lines.FirstOrDefault(line => line.Stage == stage) ?? throw new ContestantException($"A contestant did not tell its stage '{stage}'.");
}
