using System.Diagnostics;

namespace Utaf.Ensembles.Costs;

/// <summary>The memory of this process.</summary>
internal static class WorkingSet
{
    /// <summary>Resident bytes at their highest so far; where the system does not keep that, at present.</summary>
    public static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Max(process.PeakWorkingSet64, process.WorkingSet64);
    }
}
