using System.Runtime.InteropServices;

namespace Utaf.Tool;

/// <summary>
/// Ctrl-C and the like: the first asks the command to stop where nothing is half-written, the second stops at once. Files appear
/// by renaming only, so even that leaves none half-written.
/// </summary>
internal sealed partial class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interruption() =>
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (source.IsCancellationRequested)
        {
            EndAtOnce(ExitCode.Interrupted);
        }

        Console.Error.WriteLine("Stopping; once more to stop at once.");
        source.Cancel();
    }

    /// <summary>Ends the process without the destructors of native libraries, which crash below a thread that still computes.</summary>
    public static void EndAtOnce(ExitCode code)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit((int)code);
        }

        ExitNow((int)code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int status);
}
