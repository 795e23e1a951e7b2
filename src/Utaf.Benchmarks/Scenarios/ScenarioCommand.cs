using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Speed;
using Utaf.Ensembles;
using Utaf.Torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The command of a scenario: repeats, one after the other, into a run folder.</summary>
internal static class ScenarioCommand
{
    private static readonly string[] Profiles = ["paper", "cpu", "smoke"];

    public static Command Make(Scenario scenario)
    {
        var data = new Option<string>("--data") { Description = $"The folder with {string.Join(" and ", scenario.Files.Select(file => file.File))}.", Required = true };
        var firstSeed = new Option<ulong>("--seed") { Description = "The first repeat's seed; each further one has the next.", DefaultValueFactory = _ => 0 };
        var repeats = new Option<int>("--repeats") { Description = "How many repeats the run is to have.", DefaultValueFactory = _ => 5 };
        var profile = new Option<string>("--profile") { Description = "paper: the paper's setting, for a GPU runner; cpu: what two cores do in hours; smoke: everything at its smallest, in a minute.", DefaultValueFactory = _ => "cpu" };
        var run = new Option<string?>("--run") { Description = "The run's folder. [default: SCENARIO-PROFILE below --work]" };
        var resume = new Option<bool>("--resume") { Description = "Goes on with a run: finished repeats and built members stay." };
        var work = new Option<string>("--work") { Description = "Where targets and ensembles are kept between runs.", DefaultValueFactory = _ => Path.Combine(".utaf", "benchmarks") };
        var jobs = new Option<int>("--jobs") { Description = "Processes that build members.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var shard = new Option<string?>("--shard") { Description = "Builds this part of the first repeat's ensemble, I/N, and nothing else.", Hidden = true };

        var command = new Command(scenario.Name, scenario.Description) { data, firstSeed, repeats, profile, run, resume, work, jobs, shard };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var name = parsed.GetValue(profile)!;
            Require("--profile", name, Profiles.Contains(name), string.Join(", ", Profiles));
            Require("--repeats", parsed.GetValue(repeats), parsed.GetValue(repeats) is >= 1 and <= 1000, "a whole number from 1 to 1000");
            Require("--jobs", parsed.GetValue(jobs), parsed.GetValue(jobs) is >= 1 and <= 256, "a whole number from 1 to 256");
            var size = scenario.SizeOf(name);
            var (folder, place, seed) = (parsed.GetValue(data)!, parsed.GetValue(work)!, parsed.GetValue(firstSeed));
            var digests = scenario.Files.Select(file => Digest(Path.Combine(folder, file.File), file.What)).ToList();

            // Small networks are the fastest with one thread; what processors there are build members side by side.
            TorchRuntime.Start("cpu", 1);
            if (parsed.GetValue(shard) is { } part)
            {
                using var opened = scenario.Open(size, folder, place, seed);
                BuildShard(opened.Ensemble, Shard.Parse(part));
                return;
            }

            if (name == "paper")
            {
                error.WriteLine("The profile paper is meant for a GPU runner, and this program computes on the processor: ResNet-18s of 224×224 pixels take weeks on two cores. --profile cpu is the setting for them.");
            }

            var runFolder = Open(parsed.GetValue(run) ?? Path.Combine(place, $"{scenario.Name}-{name}"), new(RunSettings.CurrentFormat, scenario.Name, name, seed, digests, $"{Machine.This.Processor}, {Machine.This.Cores} cores"), parsed.GetValue(resume));
            for (var i = 0; i < parsed.GetValue(repeats); i++)
            {
                if (!runFolder.Has(seed + (ulong)i))
                {
                    runFolder.Write(Repeat(scenario, size, folder, place, seed + (ulong)i, parsed.GetValue(jobs), error.WriteLine));
                }
            }

            output.WriteLine($"{runFolder.Path}: {runFolder.Repeats().Count} repeats. Utaf.Benchmarks report {runFolder.Path} makes tables and figures of them.");
        });
        return command;
    }

    private static RepeatResult Repeat(Scenario scenario, ScenarioSize size, string data, string work, ulong seed, int jobs, Action<string> said)
    {
        using var opened = scenario.Open(size, data, work, seed);
        var folder = opened.Ensemble.Folder;
        said(FormattableString.Invariant($"{scenario.Name}, seed {seed}: the target's utility is {opened.Utility:0.000}; {folder.Missing().Count} of {folder.Plan.Members.Count} members to build"));
        var clock = Stopwatch.StartNew();
        Build(scenario, size, data, work, seed, jobs, opened.Ensemble);
        var seconds = clock.Elapsed.TotalSeconds;
        said(FormattableString.Invariant($"{scenario.Name}, seed {seed}: ensemble built in {seconds:0} s"));
        var schemes = new ScenarioRun(opened, size.Name == "smoke", text => said($"{scenario.Name}, seed {seed}: {text}")).Run();
        return new(seed, new Dictionary<string, double> { [UtilityName(scenario)] = opened.Utility }, folder.Plan.Members.Count, seconds, schemes);
    }

    private static string UtilityName(Scenario scenario) => scenario.Task.Name switch
    {
        "classification" => "accuracy",
        "regression" => "R²",
        _ => "1 − F/F₀",
    };

    /// <summary>In as many processes: torch's own generator, from which dropout draws, is one for each.</summary>
    private static void Build(Scenario scenario, ScenarioSize size, string data, string work, ulong seed, int jobs, OpenedEnsemble ensemble)
    {
        var own = ensemble.Folder.Missing().Count > jobs * 4 && scenario.Name != "warfarin" ? Shard.All.Divide(jobs).ToList() : [Shard.All];
        var others = own.Skip(1).Select(shard => Start(scenario, size, data, work, seed, shard)).ToList();
        try
        {
            BuildShard(ensemble, own[0]);
            foreach (var (process, shard) in others)
            {
                process.WaitForExit();
                if (process.ExitCode != 0)
                {
                    throw Errors.BadOption("--jobs", $"{jobs}", $"that the process of shard {shard} ends well: it ended with exit code {process.ExitCode} and said why above. --resume goes on; --jobs 1 builds without others");
                }
            }
        }
        finally
        {
            foreach (var (process, _) in others)
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }

                process.Dispose();
            }
        }
    }

    private static void BuildShard(OpenedEnsemble ensemble, Shard shard)
    {
        var missing = ensemble.Folder.Missing().Select(member => member.Id).ToHashSet();
        EnsembleBuilder.Build(ensemble.Folder, [.. shard.Needed(ensemble.Folder.Plan).Where(member => missing.Contains(member.Id))], ensemble.Workshop, progress: null, CancellationToken.None);
    }

    private static (Process Process, Shard Shard) Start(Scenario scenario, ScenarioSize size, string data, string work, ulong seed, Shard shard)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Utaf.Benchmarks" + (OperatingSystem.IsWindows() ? ".exe" : "")),
            [scenario.Name, "--data", data, "--work", work, "--profile", size.Name, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--shard", shard.ToString()]);
        return (Process.Start(start)!, shard);
    }

    private static RunFolder Open(string path, RunSettings settings, bool resume)
    {
        if (!resume && File.Exists(Path.Combine(path, RunSettings.FileName)))
        {
            throw Errors.BadOption("--run", path, "a folder without a run; --resume goes on with the one that is there");
        }

        return RunFolder.Create(path, settings);
    }

    private static string Digest(string path, string what)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(path, what);
        }
    }

    private static void Require(string option, object? found, bool holds, string expected)
    {
        if (!holds)
        {
            throw Errors.BadOption(option, $"{found}", expected);
        }
    }
}
