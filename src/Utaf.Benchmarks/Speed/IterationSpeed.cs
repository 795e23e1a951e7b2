using System.Globalization;
using Utaf.Benchmarks.Speed.Work;
using Utaf.Construction;
using Utaf.Torch;

namespace Utaf.Benchmarks.Speed;

/// <summary>One iteration of Algorithm 1 with ResNet-18 at 28×28: members frozen, against PyTorch as it comes.</summary>
internal static class IterationSpeed
{
    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session) => Processor.MultipliesBFloat16
        ? [Row(session, Precision.Auto, "bfloat16"), Row(session, Precision.Full, "float32")]
        : [Row(session, Precision.Auto, "float32")];

    private static SpeedRow Row(SpeedSession session, Precision precision, string type)
    {
        var (examples, timed) = session.Settings.Quick ? (8, 2) : (100, 4);
        var ours = new IterationWork(session.Folder("resnet-iteration"), examples, timed + 2, precision).AsContestant($"ours, ResNet-18, iteration in {type}");
        var measured = ResNetReference.Alternate(
            session,
            session.AtMost(3),
            ours,
            "iteration",
            "--iterations", timed.ToString(CultureInfo.InvariantCulture),
            "--examples", examples.ToString(CultureInfo.InvariantCulture));
        var note = $"Medians of {timed} iterations each; PyTorch with {measured.Threads} threads, its networks trainable, in float32; ours in {type}; {measured.Ours.Length} of {session.Settings.Repeats} repeats.";
        return new(Measurements.Iteration, $"ResNet-18 at 28×28, N = {examples}: one paper iteration in {type}", "s", 0.4, measured.Ours, measured.Reference, note);
    }
}
