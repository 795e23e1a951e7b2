using System.Diagnostics;
using Utaf.Construction;
using Utaf.Torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Stage 2 by the batched schedule on a built ensemble of the Warfarin scenario: in a fresh process, and once more in the same.</summary>
/// <param name="Data">The folder with the table.</param>
/// <param name="Folder">Where <see cref="WarfarinWork"/> built the ensemble.</param>
/// <param name="Seed">That of the ensemble.</param>
/// <param name="Iterations">Steps of the fingerprint.</param>
/// <param name="VerifierSteps">Steps of the meta-verifier once the fingerprint stands.</param>
internal sealed record BatchedWork(string Data, string Folder, ulong Seed, int Iterations, int VerifierSteps) : SpeedWork
{
    public override void Run(Action<StageLine> report)
    {
        TorchRuntime.Start("cpu", threads: 1);
        using var ensemble = WarfarinScenario.Open(Data, Folder, Seed);
        foreach (var stage in (string[])["construct", "construct-again"])
        {
            var clock = Stopwatch.StartNew();
            var pair = PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, new(Iterations: Iterations, VerifierSteps: VerifierSteps, Fractions: WarfarinWork.Halves, Patience: Iterations), "benchmark", progress: null, CancellationToken.None);
            report(new(stage, clock.Elapsed.TotalSeconds, new Dictionary<string, double> { ["auc"] = pair.Manifest.HeldOut.Auc }));
        }

        // What each of the above spent at least on reading the members' files, which the reference has in memory.
        var reading = Stopwatch.StartNew();
        FrozenMembers.Load(ensemble.Folder.Plan.Members, ensemble.Folder, ensemble.Workshop, withTarget: true).Dispose();
        report(new("reading", reading.Elapsed.TotalSeconds, new Dictionary<string, double>()));
    }
}
