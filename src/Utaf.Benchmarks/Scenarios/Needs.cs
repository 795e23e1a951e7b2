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

    /// <summary>Bytes that this machine has, or that its container may take.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Reads all data, refuses too little memory, and warns of a profile that is meant for a GPU where there is none. Nothing is written.</summary>
    /// <param name="scenario">What is to be run.</param>
    /// <param name="input">Data and profile.</param>
    /// <param name="processes">How many build members at once.</param>
    /// <param name="seed">The repeat's.</param>
    /// <param name="memory">Bytes that there are.</param>
    /// <param name="say">Told the time and the memory that an ensemble takes.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="leftOut">Families and architectures that are to be left out.</param>
    /// <exception cref="UtafException">UTAF1001: the ensemble has none of such; UTAF1002, UTAF1003, UTAF12xx: a data file; UTAF2003: there is too little memory.</exception>
    public static void Check(Scenario scenario, ScenarioInput input, int processes, ulong seed, long memory, Action<string> say, CancellationToken stop, IReadOnlyList<string>? leftOut = null)
    {
        // Small networks need no estimate, and a smoke run is over before it is made.
        var small = input.Profile == Profile.Smoke || scenario is Warfarin;
        if (!small)
        {
            var files = scenario.Files(input.Folder, input.Profile);
            Require(BytesOfData(files), memory, $"reading {string.Join(", ", files.Select(Path.GetFileName))}");
        }

        using var drawn = NewDisposeScope();
        var prepared = scenario.Prepare(input, seed, trained: false);
        using var target = prepared.Target;
        LeaveOneOut.RequireKinds(prepared.Plan, leftOut ?? []);
        if (small)
        {
            return;
        }

        var estimate = Estimate(prepared, processes, input.Device, ForTiming, stop);
        var profile = input.Profile.ToString().ToLowerInvariant();
        Require(estimate.PeakMemoryBytes, memory, $"the profile {profile} of {scenario.Name}{(estimate.Processes > 1 ? $" in {estimate.Processes} processes (fewer: --processes 1)" : "")}");
        var hours = TimeSpan.FromSeconds(estimate.Seconds).TotalHours;
        var time = string.Create(CultureInfo.InvariantCulture, $"{(hours < 1 ? hours * 60 : hours):0.#} {(hours < 1 ? "minutes" : "hours")}");
        say($"seed {seed}: a whole ensemble takes about {time} here and {estimate.PeakMemoryBytes >> 20} MB, the target's training not included");
        if (Warning(input.Profile, input.Device.type, time) is { } warning)
        {
            say(warning);
        }
    }

    /// <summary>What the ensemble takes, of which each process builds its part.</summary>
    internal static CostEstimate Estimate(PreparedScenario prepared, int processes, Device device, TimeSpan timing, CancellationToken stop) => CostModel.Estimate(
        prepared.Plan, BuildProcesses.Parts(prepared.Plan, processes, device), prepared.Target, prepared.Task, prepared.Data, device, TimeSpan.Zero, timing, stop);

    /// <summary>Refuses what takes more memory than there is.</summary>
    /// <param name="needed">Bytes.</param>
    /// <param name="available">Bytes.</param>
    /// <param name="what">Takes them, for the error.</param>
    /// <exception cref="UtafException">UTAF2003.</exception>
    internal static void Require(long needed, long available, string what)
    {
        if (needed > available)
        {
            throw Errors.OutOfMemory($"{what} takes about {needed >> 20} MB, and this machine has {available >> 20} MB", new InsufficientMemoryException());
        }
    }

    /// <summary>What is said before a profile that is meant for a GPU is run without one; null where nothing is to be said.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="device">Where networks are trained.</param>
    /// <param name="time">That an ensemble takes there.</param>
    internal static string? Warning(Profile profile, DeviceType device, string time) => profile == Profile.Paper && device == DeviceType.CPU
        ? $"warning: the profile paper is meant for a GPU, and there is none here. Its ensembles alone take about {time} for each repeat; --profile cpu is scaled to a processor."
        : null;

    private static long BytesOfData(IReadOnlyList<string> files) => files.Sum(file => new FileInfo(file).Length * (file.EndsWith(Images, StringComparison.OrdinalIgnoreCase) ? 1 : 2)) * sizeof(float) * CopiesOfData;
}
