using System.Diagnostics;
using Utaf.Benchmarks.Results;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Asks the held-out models once, when every fingerprint stands: each is loaded, answers the queries of all of them, and is
/// let go, so that any number of them fits into memory.
/// </summary>
internal static class SuspectScores
{
    /// <summary>The results of all fingerprints, in their order.</summary>
    /// <exception cref="UtafException">UTAF1402: a member is damaged; UTAF1403: a score is not finite.</exception>
    public static IReadOnlyList<SchemeResult> Of(IReadOnlyList<Fingerprinted> fingerprints, LearningTask task, Device device, CancellationToken stop)
    {
        var scores = new Dictionary<(Fingerprinted, string), (double Score, double Seconds)>();
        foreach (var source in fingerprints.SelectMany(made => made.Suspects.Select(suspect => (made, suspect))).GroupBy(asked => asked.suspect.Source))
        {
            stop.ThrowIfCancellationRequested();
            using var network = source.First().suspect.Load().To(device);
            foreach (var (made, suspect) in source)
            {
                scores[(made, suspect.Id)] = Ask(made, suspect, network, task, device);
            }
        }

        return [.. fingerprints.Select(made => new SchemeResult(
            made.Scheme,
            made.Setting,
            (int)made.Shape[0],
            made.ConstructionSeconds,
            made.Suspects.Average(suspect => scores[(made, suspect.Id)].Seconds),
            made.Chosen,
            [.. made.Suspects.Select(suspect => new ScoredSuspect(suspect.Id, suspect.Stolen, suspect.Family, scores[(made, suspect.Id)].Score))],
            made.Curve))];
    }

    /// <summary>Scores of some suspects on one fingerprint.</summary>
    public static IReadOnlyList<ScoredSuspect> Of(Fingerprinted made, IReadOnlyList<TriedSuspect> suspects, LearningTask task, Device device, CancellationToken stop) =>
        Of([made with { Suspects = suspects }], task, device, stop)[0].Suspects;

    private static (double Score, double Seconds) Ask(Fingerprinted made, TriedSuspect suspect, Network network, LearningTask task, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var clock = Stopwatch.StartNew();
        var inputs = tensor(made.Queries, made.Shape).to(device);
        var outputs = network.Forward(suspect.Served is { } served ? served(inputs) : inputs).flatten(1);
        var score = made.Score(task.Product(outputs, network.Form).cpu().contiguous());
        return double.IsFinite(score)
            ? (score, clock.Elapsed.TotalSeconds)
            : throw Errors.NonFiniteOutputs($"on the fingerprint of {made.Scheme}, {made.Setting}", suspect.Id);
    }
}
