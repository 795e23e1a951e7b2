using Utaf.Construction;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Iterations of Algorithm 1 with ResNet-18 at 28×28: one triple each.</summary>
/// <param name="Folder">Where the few untrained members are, or are made.</param>
/// <param name="Examples">N.</param>
/// <param name="Iterations">At least 4; the first and the last are not timed, since they do more.</param>
/// <param name="Precision">What convolutions compute with.</param>
internal sealed record IterationWork(string Folder, int Examples, int Iterations, Precision Precision) : SpeedWork
{
    // Two for training, one each for validation and test.
    private const int PerSide = 4;

    public override void Run(Action<StageLine> report)
    {
        ResNetScenario.Start();
        using var ensemble = ResNetScenario.Untrained(Folder, PerSide);
        var steps = new StepClock();
        PairConstruction.Construct(
            ensemble.Folder,
            ensemble.Workshop,
            ensemble.Model,
            new(Examples, Schedule.Paper, Iterations, Fractions: new(Test: 0.25, Validation: 0.34), Precision: Precision),
            "benchmark",
            steps,
            CancellationToken.None);
        var each = steps.Steps.Zip(steps.Steps.Skip(1), (before, after) => after - before).SkipLast(1);
        report(new("iteration", Spread.Of([.. each]).Median, new Dictionary<string, double> { ["construct"] = steps.Now }));
    }
}
