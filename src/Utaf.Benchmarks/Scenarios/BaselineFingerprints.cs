using Utaf.Benchmarks.Results;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Metrics;
using Utaf.Schemes;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The baselines' fingerprints, where they can fingerprint such a model at all.</summary>
internal sealed class BaselineFingerprints(OpenedScenario opened, EnsembleSplit split, SettingChoice choice, Action<string> say, CancellationToken stop)
{
    private const int Examples = 100;

    /// <summary>The settings of a baseline, each made when it is asked for.</summary>
    public IEnumerable<Fingerprinted> Make(Baseline baseline)
    {
        var workshop = opened.Ensemble.Workshop;
        if (!baseline.WithExamples(Examples).Supports(workshop.Task, workshop.Target.Signature.OutputWidth))
        {
            say($"{baseline.Name} does not apply to {workshop.Task.Name}");
            yield break;
        }

        if (TryBuild(baseline.Name, Settings.Default, baseline.WithExamples(Examples)) is { } usual)
        {
            yield return usual;
        }

        if (Swept(baseline) is { } swept)
        {
            yield return swept;
        }

        foreach (var count in choice.Counts)
        {
            if (TryBuild(baseline.Name, Settings.Examples(count), baseline.WithExamples(count)) is { } made)
            {
                yield return made;
            }
        }
    }

    /// <summary>The option set with the highest AUC on the validation part, and of equal ones the highest ARUC.</summary>
    private Fingerprinted? Swept(Baseline baseline)
    {
        var tried = baseline.Sweep.Select(scheme => TryBuild(baseline.Name, Settings.Swept, scheme)).OfType<Fingerprinted>().ToList();
        var best = tried.OrderByDescending(OnValidation).FirstOrDefault();
        return best is null ? null : best with { ConstructionSeconds = tried.Sum(made => made.ConstructionSeconds) };

        (double Auc, double Aruc) OnValidation(Fingerprinted made)
        {
            var scores = SuspectScores.Of(made, [.. split.Validation.Select(member => TriedSuspect.Of(member, opened.Ensemble))], opened.Ensemble.Workshop.Task, CPU, stop);
            double[] positives = [.. scores.Where(suspect => suspect.Stolen).Select(suspect => suspect.Score)];
            double[] negatives = [.. scores.Where(suspect => !suspect.Stolen).Select(suspect => suspect.Score)];
            return (RocCurve.Auc(positives, negatives), new RobustnessUniqueness(positives, negatives).Aruc);
        }
    }

    /// <summary>Null where the scheme finds no queries for this model, which is told and is no reason to give up the run.</summary>
    private Fingerprinted? TryBuild(string name, string setting, IFingerprintScheme scheme)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            using var scope = NewDisposeScope();
            var workshop = opened.Ensemble.Workshop;
            using var target = workshop.Target.Copy().Freeze();
            using var data = TensorData.From(workshop.Data.Owner, workshop.Task, CPU);
            using var box = InputBox.Of(workshop.Data.Owner, workshop.Data.ImageShape is not null, CPU);
            using var models = TrainingNetworks.Of(new(opened.Ensemble.Folder, workshop, split));
            var made = scheme.Build(new(target, workshop.Task, data.Inputs, data.Targets, box, opened.Ensemble.Folder.Plan.Seed) { Models = models, CancellationToken = stop });
            return new(name, setting, made.Queries, made.Shape, made.Score, made.ConstructionSeconds, $"{scheme}", [], [.. split.Test.Select(member => TriedSuspect.Of(member, opened.Ensemble))]);
        }
        catch (UtafException e) when (e.Diagnostic.Code is "UTAF1503" or "UTAF1504")
        {
            say($"{name}, {setting}: {e.Diagnostic.Message}");
            return null;
        }
    }
}
