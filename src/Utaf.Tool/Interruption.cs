using System.Runtime.InteropServices;

namespace Utaf.Tool;

/// <summary>
/// Ctrl-C and the like: the first asks the command to stop where nothing is half-written, the second stops at once. Files appear
/// by renaming only, so even that leaves none half-written.
/// </summary>
internal sealed class Interruption : IDisposable
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
            Environment.Exit((int)ExitCode.Interrupted);
        }

        source.Cancel();
    }
}
