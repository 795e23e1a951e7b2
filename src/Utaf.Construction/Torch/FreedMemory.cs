using System.Runtime.InteropServices;

namespace Utaf.Torch;

/// <summary>
/// Gives memory that torch has freed back to the system. glibc keeps what lies between blocks in use, and where networks of
/// tens of megabytes come and go, as much again as they take.
/// </summary>
internal static partial class FreedMemory
{
    private static bool unknown = !OperatingSystem.IsLinux();

    /// <summary>Some milliseconds; nothing where the C library is another.</summary>
    public static void GiveBack()
    {
        if (unknown)
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            unknown = true;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
