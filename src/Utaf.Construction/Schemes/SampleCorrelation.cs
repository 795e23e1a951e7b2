using System.Diagnostics;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What inputs SAC asks.</summary>
public enum CorrelationInputs
{
    /// <summary>The owner's own.</summary>
    Plain,

    /// <summary>SAC-w: those that the target gets wrong.</summary>
    Misclassified,

    /// <summary>SAC-m: images of the owner's, each with a rectangle of another (CutMix).</summary>
    Mixed,
}

/// <summary>SAC: how a model's answers to different inputs relate to each other (Guan, Liang and He 2022).</summary>
/// <remarks>
/// The publication's measure is a distance: d, the mean absolute difference of the cosines between answers, over all pairs of
/// different inputs. The score is exp(−d / (s·d₀)), in (0, 1], which falls with d and is 1 for equal matrices; d₀ is how far the
/// target is from a model that answers everything alike (all cosines 1), and s the spread.
/// </remarks>
/// <param name="Inputs">What is asked.</param>
/// <param name="Spread">s, above 0. It does not change the order of suspects.</param>
/// <param name="Examples">N, at least 2.</param>
public sealed record SampleCorrelation(CorrelationInputs Inputs = CorrelationInputs.Plain, double Spread = 1, int Examples = 100) : IFingerprintScheme
{
    private const double Smallest = 1e-12;

    private static readonly double[] Spreads = [1, 0.5, 0.25, 0.1];

    /// <summary>The option sets to choose from on the validation part: those of them that have inputs are tried.</summary>
    public static IReadOnlyList<SampleCorrelation> Sweep(int examples) =>
    [
        .. from inputs in Enum.GetValues<CorrelationInputs>()
           from spread in Spreads
           select new SampleCorrelation(inputs, spread, examples),
    ];

    /// <inheritdoc/>
    public string Name => "sac";

    /// <inheritdoc/>
    public string Parameters => FormattableString.Invariant($"{Inputs.ToString().ToLowerInvariant()} inputs, spread {Spread}");

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
        var inputs = Inputs switch
        {
            CorrelationInputs.Misclassified => Misclassified(context),
            CorrelationInputs.Mixed => Mixed(context),
            _ => context.RandomRows(Examples, Name),
        };
        return inputs.shape[0] < 2
            ? throw Errors.NoQueries(Name, $"it needs two inputs at least to relate, and there are {inputs.shape[0]} such ({Inputs.ToString().ToLowerInvariant()}).")
            : SchemeFingerprint.Of(this, context, inputs, Examples, clock, LikenessTo);
    }

    /// <summary>The cosines between the answers to different inputs, each pair once, [N·(N − 1)/2].</summary>
    internal static double[] Correlations(Tensor answers)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var wide = answers.to_type(ScalarType.Float64);
        var unit = wide / wide.square().sum([1L], keepdim: true).sqrt().clamp(Smallest);
        var all = unit.matmul(unit.transpose(0, 1)).contiguous().data<double>().ToArray();
        var n = (int)answers.shape[0];
        return [.. from row in Enumerable.Range(0, n) from column in Enumerable.Range(row + 1, n - row - 1) select all[(row * n) + column]];
    }

    private Func<Tensor, double> LikenessTo(Tensor answers)
    {
        var mine = Correlations(answers);
        var unit = Math.Max(mine.Average(cosine => Math.Abs(1 - cosine)), Smallest) * Spread;
        return outputs => Math.Exp(-mine.Zip(Correlations(outputs), (a, b) => Math.Abs(a - b)).Average() / unit);
    }

    private Tensor Misclassified(SchemeContext context) =>
        context.Task is Classification ? context.Rows(ClassScores.Seeds(context, right: false, Name).Take(Examples)) : context.Rows([]);

    private Tensor Mixed(SchemeContext context)
    {
        const int smallestSide = 4;
        if (context.Task.DrawsInputs || context.Inputs.shape is not [_, _, >= smallestSide and var height, >= smallestSide and var width])
        {
            return context.Rows([]);
        }

        var random = new SeededRandom(context.Seed, $"{Name} mix");
        var mixed = context.RandomRows(Examples, Name).clone();
        var others = mixed.roll([1L], [0L]);
        for (var i = 0L; i < mixed.shape[0]; i++)
        {
            // Yun et al. 2019: the rectangle's share of the area is uniform, its place too.
            using var scope = NewDisposeScope();
            var side = Math.Sqrt(random.NextDouble());
            var (tall, wide) = (Math.Max(1, (int)(side * height)), Math.Max(1, (int)(side * width)));
            var (top, left) = (random.NextInt32((int)height - tall + 1), random.NextInt32((int)width - wide + 1));
            Part(mixed).copy_(Part(others));

            Tensor Part(Tensor images) => images[i].narrow(1, top, tall).narrow(2, left, wide);
        }

        return mixed;
    }
}
