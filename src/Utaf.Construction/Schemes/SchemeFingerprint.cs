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
public sealed record SchemeFingerprint(string Scheme, float[] Queries, long[] Shape, Func<Tensor, double> Score, int Asked, double ConstructionSeconds)
{
    /// <summary>Queries that a suspect is asked.</summary>
    public int Count => (int)Shape[0];

    /// <summary>Asks a network as its API would answer.</summary>
    /// <returns>The score in [0, 1] and the seconds that answers and score took.</returns>
    public (double Score, double Seconds) Ask(Network suspect, LearningTask task)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var clock = Stopwatch.StartNew();
        var outputs = task.Product(suspect.Forward(tensor(Queries, Shape)).flatten(1), suspect.Form);
        return (Score(outputs), clock.Elapsed.TotalSeconds);
    }

    /// <summary>Stores the queries, and hands the target's answers on exactly what is stored to what makes the score.</summary>
    internal static SchemeFingerprint Of(IFingerprintScheme scheme, SchemeContext context, Tensor queries, int asked, Stopwatch clock, Func<Tensor, Func<Tensor, double>> score)
    {
        if (queries.shape[0] == 0)
        {
            throw Errors.BadOption("--schemes", scheme.Name, $"a scheme that finds queries for this model: {scheme.Name} found none of {asked}");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var stored = context.Box.Clip(queries.detach()).cpu().contiguous();
        float[] values = [.. stored.data<float>()];
        var answers = context.Task.Product(context.Target.Forward(tensor(values, stored.shape)).flatten(1), context.Target.Form);
        return new(scheme.Name, values, stored.shape, score(answers), asked, clock.Elapsed.TotalSeconds);
    }

    /// <summary>The matching rate: the share of queries on which the suspect's class is the target's.</summary>
    internal static Func<Tensor, double> MatchingRate(Tensor answers)
    {
        var labels = answers.argmax(1).data<long>().ToArray();
        return outputs =>
        {
            using var scope = NewDisposeScope();
            return outputs.argmax(1).data<long>().ToArray().Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Length;
        };
    }
}
