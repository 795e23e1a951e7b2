using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Utaf.MSBuild.Tool;

/// <summary>Asks a process to stop, where the system has a way to ask.</summary>
internal static class Signals
{
    private const int Terminate = 15;

    /// <summary>
    /// Asks with SIGTERM, which <c>dotnet tool run</c> hands on to the tool; it keeps an interrupt to itself, for a terminal
    /// sends that to both. Windows has no way to ask a process without a window or a console.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="patience">How long to wait for its end.</param>
    /// <returns>Whether it has ended.</returns>
    public static bool Stop(Process process, TimeSpan patience) =>
        Ended(() => process.HasExited
            || (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && Kill(process.Id, Terminate) == 0 && Wait(process, patience)));

    /// <summary>Waits for the end of a process that knows that it is to stop.</summary>
    /// <returns>Whether it has ended.</returns>
    public static bool Wait(Process process, TimeSpan patience) => Ended(() => process.WaitForExit((int)patience.TotalMilliseconds));

    private static bool Ended(Func<bool> ended)
    {
        try
        {
            return ended();
        }
        catch (InvalidOperationException)
        {
            // Its handle is closed: it runs no more.
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
