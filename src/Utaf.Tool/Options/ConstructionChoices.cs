using System.CommandLine;
using Utaf.Construction;

namespace Utaf.Tool.Options;

/// <summary>What Stage 2 is told.</summary>
internal sealed class ConstructionChoices
{
    private readonly Option<int?> examples = OptionKinds.Number<int>(
        "--examples",
        "N, inputs in the fingerprint. [default: 100]",
        "a whole number from 1 to 100000");
    private readonly Option<string> schedule = OptionKinds.Word(
        "--schedule",
        "batched: mini-batches of members, from between the owner's examples; paper: Algorithm 1, one triple per iteration.",
        "batched",
        "batched",
        "paper");
    private readonly Option<int?> iterations = OptionKinds.Number<int>(
        "--iterations",
        "Steps of the fingerprint, at most: the batched schedule ends when the validation part is served no better. [default: the schedule's; 1000 in the paper's]",
        "a whole number of at least 1");
    private readonly Option<double?> inputRate = OptionKinds.Number<double>(
        "--input-learning-rate",
        "Adam's for the fingerprint. [default: the schedule's; 0.001 in the paper's]",
        "a number above 0");
    private readonly Option<double?> verifierRate = OptionKinds.Number<double>(
        "--verifier-learning-rate",
        "Adam's for the meta-verifier. [default: the schedule's; 0.001 in the paper's]",
        "a number above 0");
    private readonly Option<double[]?> weights = OptionKinds.Numbers<double>(
        "--weights",
        "Weights of the objective's terms: target, positives, negatives. [default: the schedule's; 1,1,1 in the paper's]",
        "T,P,N",
        numbers => numbers.Length == 3,
        "three numbers above 0, such as 1,1,1");
    private readonly Option<string> precision = OptionKinds.Word(
        "--precision",
        "What large convolutional members compute with while the fingerprint is learned. auto: bfloat16 where the processor multiplies it by "
            + "itself; full: float32. What the pair is judged by is float32 in any case.",
        "auto",
        "auto",
        "full");
    private readonly Option<double?> threshold = OptionKinds.Number<double>(
        "--threshold",
        "ρ in (0, 1): suspects above it are suspected of piracy. [default: 0.5, unless the validation part clearly asks for another]",
        "a number between 0 and 1");
    private readonly SplitChoices split = new();

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[examples, schedule, iterations, inputRate, verifierRate, weights, precision, threshold])
        {
            command.Add(option);
        }

        split.AddTo(command);
    }

    /// <summary>What was chosen, checked before any work is done.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    public ConstructionOptions Read(ParseResult parsed)
    {
        var defaults = new ConstructionOptions();
        var options = new ConstructionOptions(
            parsed.GetValue(examples) ?? defaults.Examples,
            parsed.GetValue(schedule) == "paper" ? Schedule.Paper : Schedule.Batched,
            parsed.GetValue(iterations),
            parsed.GetValue(inputRate),
            parsed.GetValue(verifierRate),
            parsed.Given(weights) is [var target, var positive, var negative] ? new ObjectiveWeights(target, positive, negative) : null,
            parsed.GetValue(threshold),
            split.Read(parsed),
            parsed.GetValue(precision) == "full" ? Precision.Full : Precision.Auto);
        options.Check();
        return options;
    }
}
