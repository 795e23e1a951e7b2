using System.Runtime.InteropServices;
using System.Text;

namespace Utaf;

/// <summary>A second name for a file, made in one step or not at all: the way on Unix to be the only one who makes a name.</summary>
internal static class HardLink
{
    /// <summary>Gives a file another name unless something has that name.</summary>
    /// <returns><c>false</c> if something has it, or where there are no hard links.</returns>
    public static bool TryMake(string existing, string name)
    {
        try
        {
            return !OperatingSystem.IsWindows() && Link(Text(existing), Text(name)) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The path as C has it.</summary>
    private static byte[] Text(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Link(byte[] existing, byte[] name);
}
