using System.Text.Json.Serialization;

namespace Utaf.Verification;

/// <summary>What the numbers of a classifier's answers are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutputKind>))]
public enum OutputKind
{
    /// <summary>In [0, 1], with sum 1 for each example.</summary>
    [JsonStringEnumMemberName("probabilities")]
    Probabilities,

    /// <summary>Logarithms of probabilities.</summary>
    [JsonStringEnumMemberName("logProbabilities")]
    LogProbabilities,

    /// <summary>Any real numbers, to be put through a softmax (a sigmoid if there is only one).</summary>
    [JsonStringEnumMemberName("logits")]
    Logits,
}

/// <summary>
/// Turns a classifier's answers into probabilities, whatever of the three kinds they are. One decision is made over all
/// answers: a single row of logits can look like probabilities, a whole matrix hardly can.
/// </summary>
public static class OutputReading
{
    // A service that rounds to three digits is still one that gives probabilities.
    private const double ValueTolerance = 1e-3;
    private const double SumTolerance = 1e-2;

    /// <summary>What the answers are.</summary>
    /// <remarks>
    /// Probabilities: all in [0, 1] within 0.001 and each row's sum 1 within 0.01. Log-probabilities: all at most 0.001 and the
    /// sum of each row's exponentials 1 within 0.01. Logits otherwise. One number per answer: a probability if all are in
    /// [0, 1], else a logit. With no answer at all: probabilities.
    /// </remarks>
    public static OutputKind Recognise(SuspectOutputs outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var rows = outputs.Rows.OfType<float[]>().ToList();
        if (outputs.Width == 1)
        {
            return rows.TrueForAll(row => row[0] is >= 0 and <= 1) ? OutputKind.Probabilities : OutputKind.Logits;
        }

        if (rows.TrueForAll(IsDistribution))
        {
            return OutputKind.Probabilities;
        }

        return rows.TrueForAll(IsLogDistribution) ? OutputKind.LogProbabilities : OutputKind.Logits;
    }

    /// <summary>The answers as probabilities, their kind recognised by <see cref="Recognise"/>.</summary>
    public static SuspectOutputs AsProbabilities(SuspectOutputs outputs) => AsProbabilities(outputs, Recognise(outputs));

    /// <summary>The answers as probabilities.</summary>
    /// <param name="outputs">Finite numbers.</param>
    /// <param name="kind">What they are. Probabilities are kept as they are.</param>
    /// <returns>Rows of numbers in [0, 1]; missing rows stay missing.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The kind is unknown.</exception>
    public static SuspectOutputs AsProbabilities(SuspectOutputs outputs, OutputKind kind)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return kind switch
        {
            OutputKind.Probabilities => outputs,
            OutputKind.LogProbabilities => outputs.Select(row => Array.ConvertAll(row, MathF.Exp)),
            OutputKind.Logits when outputs.Width == 1 => outputs.Select(row => [Sigmoid(row[0])]),
            OutputKind.Logits => outputs.Select(Softmax),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of outputs."),
        };
    }

    private static bool IsDistribution(float[] row) =>
        Array.TrueForAll(row, value => value >= -ValueTolerance && value <= 1 + ValueTolerance)
        && Math.Abs(row.Sum(value => (double)value) - 1) <= SumTolerance;

    private static bool IsLogDistribution(float[] row) =>
        Array.TrueForAll(row, value => value <= ValueTolerance)
        && Math.Abs(row.Sum(value => Math.Exp(value)) - 1) <= SumTolerance;

    private static float Sigmoid(float logit) => (float)(1 / (1 + Math.Exp(-(double)logit)));

    /// <summary>The largest logit is taken off first, so that no exponential overflows.</summary>
    private static float[] Softmax(float[] logits)
    {
        double largest = logits.Max();
        var exponentials = Array.ConvertAll(logits, logit => Math.Exp(logit - largest));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, value => (float)(value / sum));
    }
}
