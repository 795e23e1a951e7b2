using Utaf.Benchmarks.Results;
using Utaf.Ensembles;
using Utaf.Schemes;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The baselines' fingerprints, where they can fingerprint such a model at all.</summary>
internal sealed class BaselineFingerprints(OpenedScenario opened, EnsembleSplit split, SettingChoice choice, Action<string> say, CancellationToken stop)
{
    private readonly SchemeEnsemble ensemble = new(opened.Ensemble.Folder, opened.Ensemble.Workshop, split);

    /// <summary>The settings of a baseline, each made when it is asked for: its defaults, its sweep where it has one, other numbers of queries or pairs.</summary>
    /// <param name="name">One of <see cref="SchemeNames.All"/>.</param>
    public IEnumerable<Fingerprinted> Make(string name)
    {
        var usual = FingerprintSchemes.Candidates(name, new(Swept: false, Iterations: choice.Iterations));
        var swept = FingerprintSchemes.Candidates(name, new());
        IEnumerable<(string Setting, IReadOnlyList<IFingerprintScheme> Candidates)> all =
        [
            (Settings.Default, usual),
            .. choice.Sweeps && swept.Count > 1 ? [(Settings.Swept, swept)] : Array.Empty<(string, IReadOnlyList<IFingerprintScheme>)>(),
            .. choice.Counts.Select(count => (Settings.Examples(count), FingerprintSchemes.Candidates(name, new(count, Swept: false, choice.Iterations)))),
            .. (name == SchemeNames.ModelDiff ? choice.Pairs : []).Select(pairs => (Settings.Pairs(pairs), FingerprintSchemes.Candidates(name, new(2 * pairs, Swept: false, choice.Iterations)))),
        ];
        return all.Select(setting => TryBuild(name, setting.Setting, setting.Candidates)).OfType<Fingerprinted>();
    }

    /// <summary>Null where the scheme finds no queries for this model, which is told and is no reason to give up the run.</summary>
    private Fingerprinted? TryBuild(string name, string setting, IReadOnlyList<IFingerprintScheme> candidates)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            var made = SchemeChoice.Make(candidates, ensemble, say, stop);
            return new(name, setting, made.Fingerprint.Queries, made.Fingerprint.Shape, made.Fingerprint.Score, made.Seconds, made.Parameters, [], [.. split.Test.Select(member => TriedSuspect.Of(member, opened.Ensemble))]);
        }
        catch (UtafException e) when (e.Diagnostic.Code is "UTAF1503" or "UTAF1504")
        {
            say($"{name}, {setting}: {e.Diagnostic.Message}");
            return null;
        }
    }
}
