using System.Diagnostics;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Fingerprints;
using Utaf.Torch;
using Utaf.Verification;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>All stages of the Warfarin scenario in one process, in the reference's order.</summary>
/// <param name="Data">The folder with the table.</param>
/// <param name="Folder">Where the ensemble is built; one of the same seed that is there already is built anew.</param>
/// <param name="Seed">Decides halves, weights and members.</param>
/// <param name="Iterations">Of the paper's schedule.</param>
internal sealed record WarfarinWork(string Data, string Folder, ulong Seed, int Iterations) : SpeedWork
{
    // Enough for the runtime to have compiled what is used for good, as the published tool is compiled ahead.
    private const int FurtherVerifications = 50;

    /// <summary>Half for training and half for the test, as in the reference.</summary>
    public static SplitFractions Halves { get; } = new(Test: 0.5);

    public override void Run(Action<StageLine> report)
    {
        TorchRuntime.Start("cpu", threads: 1);
        using var ensemble = Emptied();
        var clock = Stopwatch.StartNew();
        EnsembleBuilder.BuildMissing(ensemble.Folder, ensemble.Workshop, progress: null, CancellationToken.None);
        report(new("ensemble", clock.Elapsed.TotalSeconds, new Dictionary<string, double>
        {
            ["members"] = ensemble.Folder.Plan.Members.Count,
            ["training_steps"] = Steps(ensemble),
        }));

        FingerprintPair? pair = null;
        foreach (var stage in (string[])["construct", "construct-again"])
        {
            var steps = new StepClock();
            pair = PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, new(Schedule: Schedule.Paper, Iterations: Iterations, Fractions: Halves), "benchmark", steps, CancellationToken.None);
            report(new(stage, steps.Now, new Dictionary<string, double> { ["loop"] = steps.Loop, ["auc"] = pair.Manifest.HeldOut.Auc }));
        }

        Verify(ensemble, pair!, report);
    }

    private OpenedEnsemble Emptied()
    {
        var ensemble = WarfarinScenario.Open(Data, Folder, Seed);
        Directory.Delete(ensemble.Folder.Path, recursive: true);
        return ensemble with { Folder = EnsembleFolder.Open(ensemble.Folder.Path, ensemble.Folder.Plan) };
    }

    private static int Steps(OpenedEnsemble ensemble)
    {
        const int batch = 64;
        var perEpoch = (ensemble.Workshop.Data.Public.Count + batch - 1) / batch;
        return perEpoch * ensemble.Folder.Plan.Members.Sum(member => member.Recipe switch
        {
            FineTuning recipe => recipe.Training.Epochs,
            Retraining recipe => recipe.Training.Epochs,
            WeightPruning recipe => recipe.Recovery.Epochs,
            Distillation recipe => recipe.Training.Epochs,
            IndependentTraining recipe => recipe.Training.Epochs,
            _ => 0,
        });
    }

    private static void Verify(OpenedEnsemble ensemble, FingerprintPair pair, Action<StageLine> report)
    {
        var (folder, workshop) = (ensemble.Folder, ensemble.Workshop);
        var file = $"{folder.Path}{FingerprintPairFile.Extension}";
        FingerprintPairFile.Write(pair, file);
        var split = EnsembleSplit.Of(folder, workshop.Target, Halves);
        var suspects = split.Test.Select(member => (Suspect: new NetworkSuspect(member.Id, folder.Load(member, workshop.Architectures), workshop.Task, workshop.Probe), member.Stolen)).ToList();
        var answered = suspects.Select(asked => ((ISuspect)new AnsweredSuspect(asked.Suspect.Name, asked.Suspect.QueryAsync(pair.Fingerprint, CancellationToken.None).GetAwaiter().GetResult()), asked.Stolen)).ToList();

        var count = new Dictionary<string, double> { ["suspects"] = suspects.Count };
        var networks = suspects.Select(asked => ((ISuspect)asked.Suspect, asked.Stolen)).ToList();
        report(new("verify", VerificationClock.Time(file, networks), count));
        report(new("verify-again", Again(networks), count));
        report(new("scores-again", Again(answered), count));
        suspects.ForEach(asked => asked.Suspect.Dispose());

        double Again(List<(ISuspect, bool)> asked) =>
            Spread.Of([.. Enumerable.Range(0, FurtherVerifications).Select(_ => VerificationClock.Time(file, asked))]).Median;
    }
}
