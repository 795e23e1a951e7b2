using System.Globalization;
using Utaf.Benchmarks.Speed.Work;
using Utaf.Torch;

namespace Utaf.Benchmarks.Speed;

/// <summary>One iteration of Algorithm 1 with ResNet-18 at 28×28: members frozen, against PyTorch as it comes.</summary>
internal static class IterationSpeed
{
    public static IReadOnlyList<SpeedRow> Measure(SpeedSession session)
    {
        var (examples, timed) = session.Settings.Quick ? (8, 2) : (100, 4);
        var ours = new IterationWork(session.Folder("resnet-iteration"), examples, timed + 2).AsContestant("ours, ResNet-18, iteration");
        var measured = ResNetReference.Alternate(
            session,
            session.AtMost(3),
            ours,
            "iteration",
            "--iterations", timed.ToString(CultureInfo.InvariantCulture),
            "--examples", examples.ToString(CultureInfo.InvariantCulture));
        var note = $"Medians of {timed} iterations each; PyTorch with {measured.Threads} threads, its networks trainable, in float32; ours in {(Processor.MultipliesBFloat16 ? "bfloat16" : "float32")}; {measured.Ours.Length} of {session.Settings.Repeats} repeats.";
        return [new(Measurements.Iteration, $"ResNet-18 at 28×28, N = {examples}: one paper iteration", "s", 0.4, measured.Ours, measured.Reference, note)];
    }
}
