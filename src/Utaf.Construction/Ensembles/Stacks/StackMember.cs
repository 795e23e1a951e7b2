using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>A member that can be trained together with others of its shape.</summary>
/// <param name="Member">The planned member.</param>
/// <param name="Perceptron">Its network.</param>
/// <param name="Training">What it has to learn.</param>
internal sealed record StackMember(Member Member, Perceptron Perceptron, MemberTraining Training)
{
    /// <summary>What members must share to be trained together: shape and batch size. Data, lesson, rate and length are each one's own.</summary>
    public (string Shape, int BatchSize) Key { get; } = (Perceptron.Shape, Training.Settings.BatchSize);

    /// <summary>How many numbers it learns or might.</summary>
    public long Numbers { get; } = PerceptronStack.Stride(Perceptron.Widths);

    /// <summary>Steps of one epoch. A last batch of one example is left out, as <see cref="Trainer"/> does.</summary>
    public int StepsPerEpoch => TrainingEffort.StepsPerEpoch(Training.Data.Count, Training.Settings.BatchSize);

    /// <summary>Steps in all.</summary>
    public long Steps => (long)StepsPerEpoch * Training.Settings.Epochs;

    /// <summary>Whether a segment of its parameters is learned, in the order of the stack's segments.</summary>
    public bool[] Learned { get; } = [.. PerceptronStack.Parameters(Perceptron).Select(parameter => Training.Learned.Any(learned => learned.Name == parameter.Name))];

    /// <summary>What stays zero, in the order of the stack's segments; null where nothing does.</summary>
    public Tensor?[] Kept { get; } = [.. PerceptronStack.Parameters(Perceptron).Select(parameter => Training.Kept.FirstOrDefault(kept => kept.Parameter.Name == parameter.Name).Keep)];
}
