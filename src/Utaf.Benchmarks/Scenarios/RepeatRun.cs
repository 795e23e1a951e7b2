using System.Globalization;
using Utaf.Benchmarks.Results;
using Utaf.Construction;
using Utaf.Ensembles;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>One repeat of a scenario: the ensemble, every scheme's fingerprints, and the held-out models' scores.</summary>
internal sealed class RepeatRun(Scenario scenario, ScenarioSettings settings, ScenarioInput input, Action<string> say, CancellationToken stop)
{
    /// <summary>Makes what is not there yet.</summary>
    /// <param name="seed">The repeat's.</param>
    /// <exception cref="UtafException">UTAF12xx: the data; UTAF14xx: the ensemble; UTAF2003: there is too little memory.</exception>
    public RepeatResult Run(ulong seed)
    {
        using var opened = scenario.Prepare(input, seed, trained: true).Open(scenario.Name, settings.Work, input.Device);
        say($"seed {seed}: target {string.Join(", ", opened.Target.Select(measure => string.Create(CultureInfo.InvariantCulture, $"{measure.Key} {measure.Value:0.000}")))}");
        var seconds = Build(opened, seed);
        var split = opened.Split();
        var choice = scenario.Settings(settings.Profile).Only(settings.Chosen);
        var made = new List<Fingerprinted>();
        foreach (var fingerprint in Fingerprints(opened, split, choice))
        {
            stop.ThrowIfCancellationRequested();
            made.Add(fingerprint);
            say(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {fingerprint.Scheme}, {fingerprint.Setting}: constructed in {fingerprint.ConstructionSeconds:0.0} s"));
        }

        using var box = InputBox.For(opened.Ensemble.Workshop);
        if (settings.Chosen.Contains(SettingChoice.OfUnseen))
        {
            made.AddRange(UnseenAttacks.Of(opened, split, box, made, settings.Profile, say, stop));
        }

        var results = SuspectScores.Of(made, opened.Ensemble.Workshop.Task, input.Device, stop);
        return new(seed, opened.Target, opened.Ensemble.Folder.Plan.Members.Count, seconds, results);
    }

    private IEnumerable<Fingerprinted> Fingerprints(OpenedScenario opened, EnsembleSplit split, SettingChoice choice)
    {
        var utaf = new UtafFingerprints(opened, split, choice, stop);
        var baselines = new BaselineFingerprints(opened, split, choice, say, stop);
        return settings.Schemes.Distinct().SelectMany(name => SchemeNames.IsUtaf(name) ? utaf.Make(name) : baselines.Make(name));
    }

    /// <summary>Builds the members that are missing.</summary>
    /// <returns>The seconds of all of them, those of earlier, interrupted runs included.</returns>
    private double Build(OpenedScenario opened, ulong seed)
    {
        var (folder, workshop) = (opened.Ensemble.Folder, opened.Ensemble.Workshop);
        var spent = new SpentSeconds(folder.Path, TimeProvider.System);
        var teller = new Teller(say, seed, spent);
        try
        {
            var first = BuildProcesses.Missing(new(0, settings.Processes), folder);
            if (BuildProcesses.AreWorthwhile(first.Count, settings.Processes, workshop.Device))
            {
                using var others = BuildProcesses.Start(scenario, settings, seed);
                EnsembleBuilder.Build(folder, first, workshop, teller, stop);
                others.Wait(stop);
            }

            EnsembleBuilder.BuildMissing(folder, workshop, teller, stop);
        }
        finally
        {
            spent.Keep();
        }

        var seconds = spent.Total;
        say(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {folder.Plan.Members.Count} members, {seconds:0.0} s"));
        return seconds;
    }

    private sealed class Teller(Action<string> say, ulong seed, SpentSeconds spent) : IProgress<BuildProgress>
    {
        private const int Every = 10;

        public void Report(BuildProgress value)
        {
            // A run that is killed comes to no end at which it could be done.
            spent.KeepNowAndThen();
            if (value.Built % Every == 0)
            {
                say($"seed {seed}: {value.Built} of {value.Planned} members are built");
            }
        }
    }
}
