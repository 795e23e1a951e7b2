using System.Diagnostics;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>
/// Pairs of an input and one beside it; a model's decision distance vector has the cosine distances of its answers on the pairs
/// (Li et al. 2021, ModelDiff).
/// </summary>
/// <param name="Pairs">Half as many as queries.</param>
/// <param name="Epsilon">How far the second input may be from the first, in (0, 1], a fraction of its range.</param>
/// <param name="Steps">Of projected gradient ascent.</param>
/// <param name="StepSize">A fraction of the inputs' range.</param>
/// <param name="Diversity">λ, at least 0: the weight of the mean distance between the answers to the second inputs.</param>
public sealed record ModelDiff(int Pairs = 50, double Epsilon = 0.06, int Steps = 50, double StepSize = 0.01, double Diversity = 1) : IFingerprintScheme
{
    private const double Smallest = 1e-12;
    private const double Rounding = 1e-14;

    private static readonly double[] Epsilons = [0.03, 0.06, 0.12];

    /// <summary>The option sets to choose from on the validation part; all ask as much.</summary>
    public static IReadOnlyList<ModelDiff> Sweep(int pairs) =>
        [.. Epsilons.Select(epsilon => new ModelDiff(pairs, epsilon))];

    /// <inheritdoc/>
    public string Name => "modeldiff";

    /// <inheritdoc/>
    public string Parameters => FormattableString.Invariant($"{Pairs} pairs, ε {Epsilon}");

    /// <inheritdoc/>
    public string Wanted => "two outputs or more, whose directions it compares";

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => outputWidth >= 2;

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        context.Require(this);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var first = context.Box.Clip(context.RandomRows(Pairs, Name));
        return SchemeFingerprint.Of(this, context, cat([first, Beside(context, first)], 0), 2 * Pairs, clock, DirectionOf);
    }

    /// <summary>The decision distance vector of answers to the first inputs and then to the second, [2·pairs, out]: 1 − cos of each pair, in [0, 2].</summary>
    internal static double[] DecisionDistances(Tensor answers)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var halves = answers.to_type(ScalarType.Float64).chunk(2, 0);

        // Answers that are equal have no distance; what rounding leaves of it must not become a direction.
        return [.. (1 - Cosine(halves[0], halves[1])).clamp(0, 2).data<double>().ToArray().Select(distance => distance < Rounding ? 0 : distance)];
    }

    /// <summary>The cosine of the two models' vectors, in [0, 1]: no part of them is below 0.</summary>
    private static Func<Tensor, double> DirectionOf(Tensor answers)
    {
        var mine = DecisionDistances(answers);
        return outputs =>
        {
            var theirs = DecisionDistances(outputs);
            var norms = Math.Sqrt(mine.Sum(d => d * d) * theirs.Sum(d => d * d));

            // A model that answers both of every pair alike has no direction, and is like none.
            return norms == 0 ? 0 : Math.Clamp(mine.Zip(theirs, (a, b) => a * b).Sum() / norms, 0, 1);
        };
    }

    private Tensor Beside(SchemeContext context, Tensor first)
    {
        var reach = context.Box.Span * Epsilon;
        var random = new SeededRandom(context.Seed, $"{Name} start");
        var x = context.Box.Clip(first + (random.Uniform(first.shape, 1).to(context.Device) * reach)).clone();
        var answers = Answers(first).detach();
        for (var step = 0; step < Steps; step++)
        {
            using var pass = NewDisposeScope();
            context.CancellationToken.ThrowIfCancellationRequested();
            var point = x.detach().requires_grad_(true);
            var moved = Answers(point);
            var gain = Length(moved - answers).mean() + (Diversity * Length(moved.unsqueeze(0) - moved.unsqueeze(1)).mean());
            var up = autograd.grad([gain], [point])[0].sign() * context.Box.Span * StepSize;
            x.copy_(context.Box.Clip((x + up).minimum(first + reach).maximum(first - reach)).detach());
        }

        return x;

        Tensor Answers(Tensor inputs) => context.Task.Product(context.Target.Forward(inputs).flatten(1), context.Target.Form);
    }

    // The root of 0, as of an answer and itself, has no derivative.
    private static Tensor Length(Tensor differences) => (differences.square().sum([-1L]) + Smallest).sqrt();

    private static Tensor Cosine(Tensor a, Tensor b) =>
        (a * b).sum([1L]) / (a.square().sum([1L]) * b.square().sum([1L])).sqrt().clamp(1e-300);
}
