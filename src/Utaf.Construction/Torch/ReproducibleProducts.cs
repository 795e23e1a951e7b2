using System.Runtime.InteropServices;

namespace Utaf.Torch;

/// <summary>
/// Makes matrix products give the same bits wherever their operands lie in memory. Without it Intel's MKL, which torch computes
/// products with on x64, chooses its way by the alignment of each operand, and on some processors a member would come out with
/// other last bits in another stack. With it products take no longer (oneMKL developer guide, conditional numerical reproducibility).
/// </summary>
internal static partial class ReproducibleProducts
{
    private const string Variable = "MKL_CBWR";
    private const string Strict = "AUTO,STRICT";

    /// <summary>Asks for it, unless the user has asked for something else. MKL looks once, at its first product.</summary>
    public static void Ask()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            return;
        }

        Environment.SetEnvironmentVariable(Variable, Strict);
        if (OperatingSystem.IsLinux())
        {
            // .NET has variables of its own there, which native code does not see.
            _ = SetVariable(Variable, Strict, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
