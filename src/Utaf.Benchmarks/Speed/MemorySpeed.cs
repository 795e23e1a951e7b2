using System.Globalization;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>How much memory Stage 2 takes with many members of 11 million parameters.</summary>
internal static class MemorySpeed
{
    private const double Gigabyte = 1e9;

    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var (perSide, examples, iterations) = session.Settings.Quick ? (6, 8, 1) : (70, 100, 2);
        var folder = session.Folder("resnet-memory");
        try
        {
            session.Run(new ManyMembersWork(folder, perSide).AsContestant($"ours, ResNet-18, {perSide * 2} members to disk"));
            var memory = session.Run(new MemoryWork(folder, perSide, examples, iterations).AsContestant($"ours, ResNet-18, construction with {perSide * 2} members")).Stage("memory");
            return
            [
                new(Measurements.Memory, $"peak memory of a construction with {perSide * 2} ResNet-18 members, N = {examples}", "GB", 2, [memory["peak_bytes"] / Gigabyte], null,
                    string.Create(CultureInfo.InvariantCulture, $"The largest resident set of a process of its own; {memory["peak_bytes_before"] / Gigabyte:0.00} GB of it before the construction. Once; {iterations} iterations of the batched schedule in {memory.Seconds:0} s."),
                    Absolute: true),
            ];
        }
        finally
        {
            // Six gigabytes that nobody wants to find.
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
