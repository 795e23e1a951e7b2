using System.ComponentModel;
using System.Diagnostics;
using Utaf.Fingerprints;

namespace Utaf.Benchmarks.Speed;

/// <summary>How long the tool takes from being called to being done, in a process of its own each time.</summary>
internal static class StartSpeed
{
    private const double Limit = 1.5;

    // No suspicion, a suspicion, or inconclusive: which of them is chance with a random pair.
    private static readonly int[] Verdicts = [0, 1, 4];

    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var tool = session.Settings.Tool ?? OnPath()
            ?? throw new ContestantException("there is no dotnet-utaf on PATH. Name the one to measure with --tool.");
        var scratch = Directory.CreateTempSubdirectory("utaf-speed-");
        try
        {
            var pair = Path.Combine(scratch.FullName, $"sample{FingerprintPairFile.Extension}");
            FingerprintPairFile.Write(SamplePair.Make(), pair);
            using var api = new LoopbackApi();
            return
            [
                new(Measurements.Start, "cold start: dotnet-utaf --version", "s", Limit, Times([0], "--version"), Absolute: true),
                new(Measurements.Start, $"cold start: dotnet-utaf verify, N = {SamplePair.Examples}, an API on this machine", "s", Limit,
                    Times(Verdicts, "verify", api.Address, "--pair", pair, "--fresh", "--evidence", Path.Combine(scratch.FullName, "evidence")), Absolute: true),
            ];
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        double[] Times(int[] expected, params string[] arguments) =>
            [.. Enumerable.Range(0, session.Settings.Repeats).Select(_ => Time(tool, scratch.FullName, arguments, expected))];
    }

    /// <summary>Starts the tool once, to see whether that is possible; it ends by itself.</summary>
    /// <param name="tool">A file.</param>
    /// <exception cref="UtafException">UTAF1001: it is no program, or may not be executed.</exception>
    public static void RequireStarts(string tool)
    {
        try
        {
            using var process = Start(tool, Path.GetTempPath(), ["--version"]);
            _ = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        catch (Win32Exception e)
        {
            throw Errors.BadOption("--tool", tool, $"the built tool, dotnet-utaf, as a program that this user may execute and that is made for this machine (starting it failed: {e.Message.TrimEnd('.')})");
        }
    }

    private static double Time(string tool, string folder, string[] arguments, int[] expected)
    {
        var clock = Stopwatch.StartNew();
        using var process = Start(tool, folder, arguments);
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return expected.Contains(process.ExitCode)
            ? clock.Elapsed.TotalSeconds
            : throw new ContestantException($"dotnet-utaf {arguments[0]} ended with exit code {process.ExitCode}: {said.Result.Trim()}");
    }

    private static Process Start(string tool, string folder, string[] arguments) =>
        // A path with its folder: without one the system would look for it on PATH.
        Process.Start(new ProcessStartInfo(Path.GetFullPath(tool), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet-utaf.exe" : "dotnet-utaf"))
        .FirstOrDefault(File.Exists);
}
