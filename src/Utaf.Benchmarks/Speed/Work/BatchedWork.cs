using System.Diagnostics;
using Utaf.Construction;
using Utaf.Torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>
/// Stage 2 by the batched schedule on a built ensemble of the Warfarin scenario: the first in a process and the median of those
/// after it, with ρ given; and the median with ρ chosen.
/// </summary>
/// <param name="Data">The folder with the table.</param>
/// <param name="Folder">Where <see cref="WarfarinWork"/> built the ensemble.</param>
/// <param name="Seed">That of the ensemble.</param>
/// <param name="Iterations">Steps of the fingerprint.</param>
/// <param name="VerifierSteps">Steps of the meta-verifier once the fingerprint stands.</param>
internal sealed record BatchedWork(string Data, string Folder, ulong Seed, int Iterations, int VerifierSteps) : SpeedWork
{
    /// <summary>Enough for the runtime to have compiled for good what is used, as what PyTorch calls was compiled beforehand.</summary>
    public const int FurtherConstructions = 30;

    public override void Run(Action<StageLine> report)
    {
        TorchRuntime.Start("cpu", threads: 1);
        using var ensemble = WarfarinScenario.Open(Data, Folder, Seed);

        // The reference chooses no threshold: an AUC has none.
        var given = new ConstructionOptions(Iterations: Iterations, VerifierSteps: VerifierSteps, Threshold: 0.5, Fractions: WarfarinWork.Halves, Patience: Iterations);
        report(Construct("construct", given, 1));
        report(Construct("construct-median", given, FurtherConstructions));
        report(Construct("choosing-median", given with { Threshold = null }, FurtherConstructions));

        // What each of the above spent at least on reading the members' files, which the reference has in memory.
        var reading = Stopwatch.StartNew();
        FrozenMembers.Load(ensemble.Folder.Plan.Members, ensemble.Folder, ensemble.Workshop, withTarget: true).Dispose();
        report(new("reading", reading.Elapsed.TotalSeconds, new Dictionary<string, double>()));

        StageLine Construct(string stage, ConstructionOptions options, int times)
        {
            var (seconds, auc) = (new List<double>(), 0.0);
            for (var i = 0; i < times; i++)
            {
                var clock = Stopwatch.StartNew();
                auc = PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, options, "benchmark", progress: null, CancellationToken.None).Manifest.HeldOut.Auc;
                seconds.Add(clock.Elapsed.TotalSeconds);
            }

            return new(stage, Spread.Of(seconds).Median, new Dictionary<string, double> { ["auc"] = auc });
        }
    }
}
