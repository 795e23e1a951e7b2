using System.CommandLine;
using System.Globalization;
using Utaf.Benchmarks.Results;
using Utaf.Ensembles;
using Utaf.Metrics;
using Utaf.Torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The command of a scenario.</summary>
internal static class ScenarioCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="scenario">What it runs.</param>
    /// <param name="processes">That build members at once by default; perceptrons are trained together in one.</param>
    /// <param name="withReference">Whether there is a plain PyTorch version to compare with.</param>
    public static Command Make(Scenario scenario, int processes, bool withReference = false)
    {
        var data = new Option<string>("--data") { Description = "The folder with the scenario's data.", Required = true };
        var irrelevant = new Option<string[]>("--irrelevant") { Description = "Files of other domains, for the honest models of such. [default: random rules]", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<ulong>("--seed") { Description = "The first repeat's seed; each further one has the next.", DefaultValueFactory = _ => 0 };
        var repeats = new Option<int>("--repeats") { Description = "How many repeats.", DefaultValueFactory = _ => 5 };
        var profile = new Option<Profile>("--profile") { Description = "cpu: scaled to a processor; paper: as the paper has it; smoke: shows whether everything works.", DefaultValueFactory = _ => Profile.Cpu };
        var run = new Option<string?>("--run") { Description = "The folder for the results. [default: runs/SCENARIO-PROFILE in --work]" };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the run in --run: finished repeats are kept." };
        var work = new Option<string>("--work") { Description = "Where targets and ensembles are kept between runs.", DefaultValueFactory = _ => Path.Combine(".utaf", "benchmarks") };
        var schemes = new Option<string>("--schemes") { Description = $"Some of {string.Join(", ", SchemeNames.All)}, separated by commas.", DefaultValueFactory = _ => string.Join(',', SchemeNames.All) };
        var chosen = new Option<string>("--settings") { Description = $"Beside the default: some of {string.Join(", ", SettingChoice.Names)}, or without=NAME for one family or architecture, separated by commas; or none.", DefaultValueFactory = _ => string.Join(',', SettingChoice.Names) };
        var threadCount = new Option<int>("--threads") { Description = "Intra-op threads.", DefaultValueFactory = _ => 1 };
        var processCount = new Option<int>("--processes") { Description = "How many processes build members at once.", DefaultValueFactory = _ => processes };
        var ofMembers = new Option<string?>("--shard") { Hidden = true };

        var command = new Command(scenario.Name, scenario.Description) { data, irrelevant, seed, repeats, profile, run, resume, work, schemes, chosen, threadCount, processCount, ofMembers };
        var reference = new Option<string?>("--reference") { Description = "A plain PyTorch version to run in turn with ours; its lines are printed as they are." };
        if (withReference)
        {
            command.Add(reference);
        }

        command.SetAction((parsed, stop) =>
        {
            var settings = new ScenarioSettings(
                parsed.GetValue(data)!,
                parsed.GetValue(irrelevant) ?? [],
                parsed.GetValue(seed),
                parsed.GetValue(repeats),
                parsed.GetValue(profile),
                parsed.GetValue(run) ?? Path.Combine(parsed.GetValue(work)!, "runs", $"{scenario.Name}-{parsed.GetValue(profile).ToString().ToLowerInvariant()}"),
                parsed.GetValue(resume),
                parsed.GetValue(work)!,
                parsed.GetValue(schemes)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                parsed.GetValue(threadCount),
                parsed.GetValue(processCount),
                withReference ? parsed.GetValue(reference) : null)
            {
                Chosen = parsed.GetValue(chosen)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            };
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(ofMembers) is { } shard)
            {
                BuildOnly(scenario, settings, Shard.Parse(shard), stop);
            }
            else
            {
                Run(scenario, settings, output.WriteLine, stop);
            }

            return Task.CompletedTask;
        });
        return command;
    }

    private static void BuildOnly(Scenario scenario, ScenarioSettings settings, Shard shard, CancellationToken stop)
    {
        using var orphaned = BuildProcesses.UntilOrphaned(stop);
        var device = TorchRuntime.Start("auto", settings.Threads);
        var input = new ScenarioInput(settings.Data, settings.Irrelevant, settings.Profile, settings.Work, device);
        using var opened = scenario.Prepare(input, settings.Seed, trained: true).Open(scenario.Name, settings.Work, device);
        EnsembleBuilder.Build(opened.Ensemble.Folder, BuildProcesses.Missing(shard, opened.Ensemble.Folder), opened.Ensemble.Workshop, progress: null, orphaned.Token);
    }

    private static void Run(Scenario scenario, ScenarioSettings settings, Action<string> say, CancellationToken stop)
    {
        settings.Check();
        var files = scenario.Files(settings.Data, settings.Profile);
        var device = TorchRuntime.Start("auto", settings.Threads);
        var asked = settings.ForRun(scenario, files, device);
        var folder = Begun(settings.Run, asked, settings.Resume);
        var input = new ScenarioInput(settings.Data, settings.Irrelevant, settings.Profile, settings.Work, device);
        var finished = folder?.Repeats() ?? [];
        ulong[] seeds = [.. Enumerable.Range(0, settings.Repeats).Select(i => settings.Seed + (ulong)i)];
        ulong[] missing = [.. seeds.Except(finished.Select(repeat => repeat.Seed))];
        if (missing.Length > 0)
        {
            // Repeats differ in what is drawn alone: what the first one needs, the others need.
            Needs.Check(scenario, input, settings.Processes, missing[0], Needs.Memory, say, stop, SettingChoice.OnesLeftOut(settings.Chosen));
        }

        // A run that is refused leaves no folder behind, which the corrected command would be told to resume.
        folder ??= RunFolder.Create(settings.Run, asked);
        var results = new List<RepeatResult>();
        foreach (var seed in seeds)
        {
            if (finished.FirstOrDefault(repeat => repeat.Seed == seed) is { } before)
            {
                say($"seed {seed}: finished before");
                results.Add(before);
                continue;
            }

            if (settings.Reference is { } script)
            {
                Reference.Run(script, settings.Data, seed, settings.Threads);
            }

            var result = new RepeatRun(scenario, settings, input, say, stop).Run(seed);
            folder.Write(result);
            results.Add(result);
        }

        Print(results, say);
        say($"every number: {settings.Run}");
    }

    private static RunFolder? Begun(string path, RunSettings settings, bool resume) =>
        resume || !File.Exists(Path.Combine(path, RunSettings.FileName))
            ? RunFolder.Begun(path, settings)
            : throw Errors.BadOption("--run", path, "a folder without a run, or --resume to go on with the run in it");

    /// <summary>Mean and interval of every scheme in every setting; <c>report</c> says more.</summary>
    private static void Print(IReadOnlyList<RepeatResult> results, Action<string> say)
    {
        foreach (var group in results.SelectMany(result => result.Schemes).GroupBy(result => (result.Scheme, result.Setting)))
        {
            say($"{group.Key.Scheme}, {group.Key.Setting}: AUC {Mean(group.Select(Auc))}, ARUC {Mean(group.Select(Aruc))}, construction {Mean(group.Select(result => result.ConstructionSeconds))} s");
        }

        static double Auc(SchemeResult result) => RocCurve.Auc(Side(result, stolen: true), Side(result, stolen: false));

        static double Aruc(SchemeResult result) => new RobustnessUniqueness(Side(result, stolen: true), Side(result, stolen: false)).Aruc;

        static double[] Side(SchemeResult result, bool stolen) => [.. result.Suspects.Where(suspect => suspect.Stolen == stolen).Select(suspect => suspect.Score)];

        static string Mean(IEnumerable<double> values)
        {
            double[] all = [.. values];
            var mean = all.Length > 1 ? ConfidenceInterval.Of(all) : new ConfidenceInterval(all[0], 0);
            return all.Length > 1
                ? string.Create(CultureInfo.InvariantCulture, $"{mean.Mean:0.000} ± {mean.HalfWidth:0.000}")
                : string.Create(CultureInfo.InvariantCulture, $"{mean.Mean:0.000}");
        }
    }
}
