using System.Diagnostics;
using System.Text;

namespace Utaf.Tool.Tests.Support;

/// <summary>The tool while it runs, so that it can be interrupted.</summary>
internal sealed class RunningTool : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly StringBuilder errors = new();
    private readonly StringBuilder output = new();

    public RunningTool(string tool, string folder, params string[] arguments)
        : this(tool, folder, new Dictionary<string, string?>(), arguments)
    {
    }

    public RunningTool(string tool, string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        // A script starts what it puts in the background with SIGINT ignored, and so are all that these start: coreutils' env undoes that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet", tool, .. arguments] : ["dotnet", tool, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Hear(output, line);
        process.ErrorDataReceived += (_, line) => Hear(errors, line);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it said on the error stream so far.</summary>
    public string Errors => Said(errors);

    /// <summary>The lines of its document so far.</summary>
    public string[] Output => Said(output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Waits until something holds while the tool runs.</summary>
    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            Assert.False(process.HasExited, $"the tool ended too early:\n{Errors}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal and goes on.</summary>
    public void Signal(string signal) => Signal(signal, process.Id);

    /// <summary>Sends a signal to one of its children and goes on.</summary>
    public static void Signal(string signal, int id)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        kill.WaitForExit();
    }

    /// <summary>The processes that it has started and that run.</summary>
    public List<int> Children() =>
    [
        .. Directory.GetDirectories($"/proc/{process.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse),
    ];

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            return process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The tool did not end within {Patience}. It said:\n{Errors}");
        }
    }

    /// <summary>Sends a signal, such as INT for Ctrl-C or KILL, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> SignalAsync(string signal)
    {
        Signal(signal);
        return await EndAsync();
    }

    /// <summary>Lets it run for a while, then ends it without warning, as a failing machine does.</summary>
    /// <returns>The exit code: 137 if it was ended so, else its own.</returns>
    public async Task<int> KillAfterAsync(TimeSpan time)
    {
        await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(time, TestContext.Current.CancellationToken));
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static void Hear(StringBuilder stream, DataReceivedEventArgs line)
    {
        lock (stream)
        {
            stream.AppendLine(line.Data);
        }
    }

    private static string Said(StringBuilder stream)
    {
        lock (stream)
        {
            return stream.ToString();
        }
    }
}
