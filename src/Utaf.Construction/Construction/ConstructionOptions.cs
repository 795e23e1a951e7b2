using Utaf.Ensembles;

namespace Utaf.Construction;

/// <summary>How Stage 2 goes about it.</summary>
public enum Schedule
{
    /// <summary>Mini-batches of members, from between the owner's examples; a fresh meta-verifier of all members at the end.</summary>
    Batched,

    /// <summary>Algorithm 1 as printed: one triple (M₋, F, M₊) per iteration, both steps from the same gradient.</summary>
    Paper,
}

/// <summary>What large convolutional members compute with while the fingerprint is learned.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the processor multiplies it by itself, else float32. What the pair is judged by is float32 in any case.</summary>
    Auto,

    /// <summary>float32 throughout.</summary>
    Full,
}

/// <summary>The weights of the three terms of objective (1).</summary>
/// <param name="Target">Of log p₊(F), above 0.</param>
/// <param name="Positive">Of the mean of log p₊(M₊), above 0.</param>
/// <param name="Negative">Of the mean of log p₋(M₋), above 0.</param>
public sealed record ObjectiveWeights(double Target = 1, double Positive = 1, double Negative = 1)
{
    /// <summary>As the command line takes them.</summary>
    public override string ToString() => FormattableString.Invariant($"{Target},{Positive},{Negative}");
}

/// <summary>What the user may choose about Stage 2.</summary>
/// <param name="Examples">N, inputs in the fingerprint, at least 1.</param>
/// <param name="Schedule">How the objective is minimised.</param>
/// <param name="Iterations">Steps of the fingerprint, at most in the batched schedule; null for the schedule's own number (1000 in the paper's; 60 in the batched, and more where more than 100 members are learned from).</param>
/// <param name="InputLearningRate">Adam's for the fingerprint; null for the schedule's own (0.001 in the paper's).</param>
/// <param name="VerifierLearningRate">Adam's for the meta-verifier; null for the schedule's own (0.001 in the paper's).</param>
/// <param name="Weights">The objective's; null for the schedule's own (all 1 in the paper's).</param>
/// <param name="Threshold">ρ in (0, 1); null for one half, unless the validation part clearly asks for another.</param>
/// <param name="Fractions">The split of the ensemble.</param>
/// <param name="Precision">What large convolutional members compute with while the fingerprint is learned.</param>
/// <param name="VerifierSteps">Steps of the meta-verifier once the fingerprint stands; null for the schedule's own (200, and more where more than 100 members are learned from). The paper's has none.</param>
/// <param name="Patience">After how many measurements without a better one the fingerprint learns no more; null for the schedule's own (3). The paper's has none.</param>
public sealed record ConstructionOptions(
    int Examples = 100,
    Schedule Schedule = Schedule.Batched,
    int? Iterations = null,
    double? InputLearningRate = null,
    double? VerifierLearningRate = null,
    ObjectiveWeights? Weights = null,
    double? Threshold = null,
    SplitFractions? Fractions = null,
    Precision Precision = Precision.Auto,
    int? VerifierSteps = null,
    int? Patience = null)
{
    // Far above what makes sense, far below where their sum overflows and every term counts nothing.
    private const double MaximumWeight = 1e6;

    /// <summary>Checks every number.</summary>
    /// <exception cref="UtafException">UTAF1001: a number outside its range.</exception>
    public void Check()
    {
        Require("--examples", Examples, Examples is >= 1 and <= 100_000, "a whole number from 1 to 100000");
        Require("--schedule", Schedule, Enum.IsDefined(Schedule), "batched or paper");
        Require("--precision", Precision, Enum.IsDefined(Precision), "auto or full");
        Require("--iterations", Iterations, Iterations is null or >= 1, "a whole number of at least 1");
        Require("the verifier steps", VerifierSteps, VerifierSteps is null or >= 1, "a whole number of at least 1");
        Require("the patience", Patience, Patience is null or >= 1, "a whole number of at least 1");
        Require("--input-learning-rate", InputLearningRate, InputLearningRate is null or (> 0 and < 100), "a number above 0 and below 100");
        Require("--verifier-learning-rate", VerifierLearningRate, VerifierLearningRate is null or (> 0 and < 100), "a number above 0 and below 100");
        Require("--threshold", Threshold, Threshold is null or (> 0 and < 1), "a number between 0 and 1");
        Require("--weights", Weights, Weights is null or { Target: > 0 and <= MaximumWeight, Positive: > 0 and <= MaximumWeight, Negative: > 0 and <= MaximumWeight }, "three numbers above 0, at most 1000000");
    }

    private static void Require(string option, object? found, bool holds, string expected)
    {
        if (!holds)
        {
            throw Errors.BadOption(option, $"{found}", expected);
        }
    }
}
