using System.Diagnostics;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Training of ResNet-18 at 28×28: forward, backward and Adam on batches of 64.</summary>
/// <param name="Steps">Batches, at least 1; one more is trained before the clock runs.</param>
internal sealed record TrainingWork(int Steps) : SpeedWork
{
    private const int Batch = 64;

    public override void Run(Action<StageLine> report)
    {
        ResNetScenario.Start();
        using var network = ResNetScenario.Fresh(seed: 0);
        Train(network, steps: 1);
        var seconds = Train(network, Steps);
        report(new("training", seconds, new Dictionary<string, double> { ["images_per_second"] = Steps * Batch / seconds }));
    }

    private static double Train(Network network, int steps)
    {
        var task = new Classification();
        using var data = TensorData.From(ResNetScenario.Noise(steps * Batch, 0), task, CPU);
        using var training = new MemberTraining(network.Parameters, data, OwnsData: false, new Supervision(network.Form), new(Epochs: 1, Batch), [], new SeededRandom(0, "training"));
        var clock = Stopwatch.StartNew();
        Trainer.Train(network, training, task, "resnet-18", CancellationToken.None);
        return clock.Elapsed.TotalSeconds;
    }
}
