using System.Globalization;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>Training ResNet-18 at 28×28.</summary>
internal static class TrainingSpeed
{
    private const int Batch = 64;

    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var steps = session.Settings.Quick ? 1 : 8;
        var ours = new TrainingWork(steps).AsContestant("ours, ResNet-18, training");
        var measured = ResNetReference.Alternate(session, session.AtMost(5), ours, "training", "--steps", steps.ToString(CultureInfo.InvariantCulture));
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"Images per second: ours {steps * Batch / Spread.Of(measured.Ours).Median:0}, PyTorch with {measured.Threads} threads {steps * Batch / Spread.Of(measured.Reference).Median:0}.");
        return [new(Measurements.Training, $"training ResNet-18 at 28×28, {steps * Batch} images", "s", 1, measured.Ours, measured.Reference, note)];
    }
}
