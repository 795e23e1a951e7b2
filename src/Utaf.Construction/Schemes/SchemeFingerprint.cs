using System.Diagnostics;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>A built scheme: its queries as they are stored, and the score of a suspect's outputs on them.</summary>
/// <param name="Scheme">The scheme's name.</param>
/// <param name="Queries">The stored float32 values, row by row.</param>
/// <param name="Shape">[N, input…].</param>
/// <param name="Score">Takes served outputs, [N, out] (probabilities of classifiers), to a score in [0, 1].</param>
/// <param name="Asked">How many queries the options ask for: fewer are there where seeds never flipped or too few inputs fit.</param>
/// <param name="ConstructionSeconds">How long it took.</param>
/// <param name="Note">What the reader should know of how it went; empty if nothing.</param>
public sealed record SchemeFingerprint(string Scheme, float[] Queries, long[] Shape, Func<Tensor, double> Score, int Asked, double ConstructionSeconds, string Note = "")
{
    /// <summary>Queries that a suspect is asked.</summary>
    public int Count => (int)Shape[0];

    /// <summary>Asks a network as its API would answer.</summary>
    /// <param name="suspect">Frozen.</param>
    /// <param name="task">The target's.</param>
    /// <param name="device">Where the suspect is; null: on the CPU.</param>
    /// <returns>The score in [0, 1] and the seconds that answers and score took.</returns>
    public (double Score, double Seconds) Ask(Network suspect, LearningTask task, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var clock = Stopwatch.StartNew();
        var outputs = Answers(suspect, task, tensor(Queries, Shape).to(device ?? CPU));
        return (Score(outputs), clock.Elapsed.TotalSeconds);
    }

    /// <summary>Stores the queries, and hands the target's answers on exactly what is stored to what makes the score.</summary>
    internal static SchemeFingerprint Of(
        IFingerprintScheme scheme,
        SchemeContext context,
        Tensor queries,
        int asked,
        Stopwatch clock,
        Func<Tensor, Func<Tensor, double>> score,
        string note = "")
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var stored = context.Box.Clip(queries.detach()).cpu().contiguous();
        float[] values = [.. stored.data<float>()];
        var answers = Answers(context.Target, context.Task, tensor(values, stored.shape).to(context.Device));
        return new(scheme.Name, values, stored.shape, score(answers), asked, clock.Elapsed.TotalSeconds, note);
    }

    /// <summary>The matching rate: the share of queries on which the suspect's class is the target's.</summary>
    internal static Func<Tensor, double> MatchingRate(Tensor answers)
    {
        var labels = ClassScores.Classes(answers);
        return outputs => ClassScores.Classes(outputs).Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Length;
    }

    private static Tensor Answers(Network network, LearningTask task, Tensor queries) =>
        task.Product(network.Forward(queries).flatten(1), network.Form).cpu();
}
