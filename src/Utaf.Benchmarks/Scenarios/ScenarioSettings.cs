using System.Security.Cryptography;
using TorchSharp;
using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Speed;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>What the user chose.</summary>
/// <param name="Data">The folder with the scenario's data.</param>
/// <param name="Irrelevant">Files of other domains; may be empty.</param>
/// <param name="Seed">The first repeat's.</param>
/// <param name="Repeats">How many, at least 1.</param>
/// <param name="Profile">How much.</param>
/// <param name="Run">The folder where the results go.</param>
/// <param name="Resume">Whether the run in that folder is gone on with.</param>
/// <param name="Work">Where targets and ensembles are kept.</param>
/// <param name="Schemes">UTAF's and the baselines' names.</param>
/// <param name="Threads">Of each of torch's operations.</param>
/// <param name="Processes">That build members at once.</param>
/// <param name="Reference">A plain PyTorch version to run in turn with ours, a script.</param>
internal sealed record ScenarioSettings(
    string Data,
    IReadOnlyList<string> Irrelevant,
    ulong Seed,
    int Repeats,
    Profile Profile,
    string Run,
    bool Resume,
    string Work,
    IReadOnlyList<string> Schemes,
    int Threads,
    int Processes,
    string? Reference = null)
{
    /// <summary>The kinds of settings that are run beside the default.</summary>
    public IReadOnlyList<string> Chosen { get; init; } = SettingChoice.Names;

    /// <summary>Checks what can be checked before the data is read.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    public void Check()
    {
        if (Repeats is < 1 or > 1000)
        {
            throw Errors.BadOption("--repeats", $"{Repeats}", "a whole number from 1 to 1000");
        }

        if (Processes is < 1 or > 256)
        {
            throw Errors.BadOption("--processes", $"{Processes}", "a whole number from 1 to 256");
        }

        if (Chosen.FirstOrDefault(name => !SettingChoice.IsKnown(name)) is { } unknown && Chosen is not ["none"])
        {
            throw Errors.BadOption("--settings", unknown == "none" ? string.Join(',', Chosen) : unknown, $"some of {string.Join(", ", SettingChoice.Names)} and without=NAME, or none");
        }

        if (Schemes.Count == 0 || Schemes.FirstOrDefault(name => !SchemeNames.All.Contains(name)) is not null)
        {
            throw Errors.BadOption("--schemes", string.Join(',', Schemes), $"some of {string.Join(", ", SchemeNames.All)}");
        }
    }

    /// <summary>What is written into the run's folder.</summary>
    /// <param name="scenario">Whose run.</param>
    /// <param name="files">The data's files.</param>
    /// <param name="device">Where networks are trained.</param>
    /// <exception cref="UtafException">UTAF1002, UTAF1003: a file is not there, or cannot be read.</exception>
    public RunSettings ForRun(Scenario scenario, IReadOnlyList<string> files, Device device) => new(
        RunSettings.CurrentFormat,
        scenario.Name,
        Profile.ToString().ToLowerInvariant(),
        Seed,
        [.. files.Select(Sha256)],
        $"{Machine.This.Processor}, {Machine.This.Cores} processors, {Threads} threads{(device.type == DeviceType.CPU ? "" : $", {device.type}")}",
        [.. SchemeNames.All.Where(name => Schemes.Contains(name))],
        [.. SettingChoice.Names.Where(name => Chosen.Contains(name)), .. SettingChoice.OnesLeftOut(Chosen).Order(StringComparer.Ordinal).Select(name => $"without={name}")],
        [.. Irrelevant.Select(file => Sha256(Scenario.ExistingIrrelevant(file)))]);

    private static string Sha256(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(file, e);
        }
    }
}
