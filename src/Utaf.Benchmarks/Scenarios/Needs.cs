using System.Globalization;
using TorchSharp;
using Utaf.Ensembles.Costs;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>What a repeat will take, before it is begun: on a machine that is too small it is told, and not found out after hours.</summary>
internal static class Needs
{
    private const string Images = ".npz";

    // Bytes become float32 numbers, of which reading, halves and the device have a copy each.
    private const int CopiesOfData = 5;

    private static readonly TimeSpan ForTiming = TimeSpan.FromSeconds(8);

    /// <summary>Refuses too little memory, and warns of a profile that is meant for a GPU where there is none.</summary>
    /// <exception cref="UtafException">UTAF2003.</exception>
    public static void Check(Scenario scenario, ScenarioSettings settings, ScenarioInput input, IReadOnlyList<string> files, ulong seed, Action<string> say, CancellationToken stop)
    {
        // Small networks need no estimate, and a smoke run is over before it is made.
        if (settings.Profile == Profile.Smoke || scenario is Warfarin)
        {
            return;
        }

        Require(BytesOfData(files), $"reading {string.Join(", ", files.Select(Path.GetFileName))}");
        using var drawn = NewDisposeScope();
        var prepared = scenario.Prepare(input, seed, trained: false);
        using var target = prepared.Target;
        var estimate = CostModel.Estimate(prepared.Plan, [prepared.Plan.Members], target, prepared.Task, prepared.Data, input.Device, TimeSpan.Zero, ForTiming, stop);
        Require(estimate.PeakMemoryBytes, $"the profile {settings.Profile.ToString().ToLowerInvariant()} of {scenario.Name}");
        var hours = TimeSpan.FromSeconds(estimate.Seconds).TotalHours;
        var time = hours < 1 ? $"{hours * 60:0} minutes" : string.Create(CultureInfo.InvariantCulture, $"{hours:0.0} hours");
        say($"seed {seed}: a whole ensemble takes about {time} here and {estimate.PeakMemoryBytes >> 20} MB, the target's training not included");
        if (settings.Profile == Profile.Paper && input.Device.type == DeviceType.CPU)
        {
            say($"warning: the profile paper is meant for a GPU, and there is none here. Its ensembles alone take about {time} for each repeat; --profile cpu is scaled to a processor.");
        }
    }

    private static long BytesOfData(IReadOnlyList<string> files) => files.Sum(file => new FileInfo(file).Length * (file.EndsWith(Images, StringComparison.OrdinalIgnoreCase) ? 1 : 2)) * sizeof(float) * CopiesOfData;

    private static void Require(long bytes, string stage)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            throw Errors.OutOfMemory($"{stage} takes about {bytes >> 20} MB, and this machine has {available >> 20} MB", new InsufficientMemoryException());
        }
    }
}
