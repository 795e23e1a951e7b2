using System.Diagnostics;

namespace Utaf.Benchmarks.Speed;

/// <summary>A process that works and says how long each stage took: ours, or plain PyTorch.</summary>
/// <param name="Name">For messages and the record.</param>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">What it is to do.</param>
internal sealed record Contestant(string Name, string FileName, IReadOnlyList<string> Arguments)
{
    // They choose another kernel, or other block sizes, than the library would by itself on this processor.
    private static readonly string[] Meddling = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

    /// <summary>Runs the process to its end.</summary>
    /// <exception cref="ContestantException">It does not start, or ends with another exit code than 0.</exception>
    public IReadOnlyList<StageLine> Run()
    {
        var start = new ProcessStartInfo(FileName, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        LeaveAlone(start);
        using var process = Start(start);
        var said = new List<string>();
        process.ErrorDataReceived += (_, line) => said.Add(line.Data ?? "");
        process.BeginErrorReadLine();
        var lines = new List<StageLine>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (StageLine.TryParse(line) is { } stage)
            {
                lines.Add(stage);
            }
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? lines
            : throw new ContestantException($"{Name} ended with exit code {process.ExitCode}: {said.LastOrDefault(line => line.Length > 0) ?? "it said nothing"}");
    }

    /// <summary>Takes what would change the BLAS library's own choice out of a process's environment.</summary>
    public static void LeaveAlone(ProcessStartInfo start)
    {
        foreach (var variable in Meddling)
        {
            start.Environment.Remove(variable);
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ContestantException($"{FileName} cannot be started: {e.Message}");
        }
    }
}

/// <summary>A contestant that did not finish: its rows are left out, and that is told.</summary>
internal sealed class ContestantException(string message) : Exception(message);
