using System.Diagnostics;
using Utaf.Construction;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>
/// Conferrable adversarial examples (Lukas, Zhang and Kerschbaum 2021): inputs that the target and models distilled from it get
/// wrong in the same way, and independent models do not.
/// </summary>
/// <param name="Epsilon">ε: how far an input may be moved, in (0, 1], a fraction of its range.</param>
/// <param name="Confidence">The least max over t of Surr(x′)·(1 − Ref(x′)) of an example that is kept, in (0, 1).</param>
/// <param name="Examples">N; fewer where few are found.</param>
/// <param name="Iterations">Of Adam.</param>
/// <param name="LearningRate">Adam's, as a fraction of the inputs' range.</param>
/// <param name="Kept">With which probability a model takes part in a step, in (0, 1].</param>
public sealed record ConferAe(
    double Epsilon = 0.15,
    double Confidence = 0.85,
    int Examples = 100,
    int Iterations = 100,
    double LearningRate = 5e-4,
    double Kept = 0.7) : IFingerprintScheme
{
    // Few seeds become examples. More rounds would take longer than all other schemes together.
    private const int MostRounds = 2;
    private const double Smallest = 1e-7;

    private static readonly double[] Confidences = [0.85, 0.5];
    private static readonly double[] Epsilons = [0.03, 0.15];

    /// <summary>
    /// The option sets to choose from on the validation part. The lower confidence is for small ensembles, whose surrogates
    /// hardly ever agree to 0.85.
    /// </summary>
    public static IReadOnlyList<ConferAe> Sweep(int examples) =>
    [
        .. from confidence in Confidences
           from epsilon in Epsilons
           select new ConferAe(epsilon, confidence, examples),
    ];

    /// <inheritdoc/>
    public string Name => "conferae";

    /// <inheritdoc/>
    public string Parameters => FormattableString.Invariant($"ε {Epsilon}, confidence {Confidence}");

    /// <inheritdoc/>
    public string Wanted => ClassScores.Wanted;

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => ClassScores.Supported(task);

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        context.Require(this);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var (surrogates, references) = (context.Models.Surrogates.Length, context.Models.References.Length);
        if (surrogates == 0 || references == 0)
        {
            throw Errors.NoQueries(
                Name, $"its training part has {surrogates} distilled copies and {references} independent models, and it needs both.");
        }

        var seeds = ClassScores.Seeds(context, right: true, Name);
        var (found, count, tried) = (new List<Tensor>(), 0, 0);
        foreach (var (round, places) in seeds.Chunk(Examples).Take(MostRounds).Index())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var conferrable = Conferrable(context, context.Rows(places), round);
            found.Add(conferrable);
            tried += places.Length;
            count += (int)conferrable.shape[0];
            if (count >= Examples)
            {
                break;
            }
        }

        return count == 0
            ? throw Errors.NoQueries(Name, $"none of {tried} seeds became an example that copies confuse and independent models do not.")
            : SchemeFingerprint.Of(
                this,
                context,
                cat(found, 0).narrow(0, 0, Math.Min(count, Examples)),
                Examples,
                clock,
                SchemeFingerprint.MatchingRate,
                $"{count} of {tried} seeds became conferrable");
    }

    /// <summary>Transfer(S, x, t)·(1 − Transfer(R, x, t)) of each input and class, [N, classes], in [0, 1], by what share of the models predicts a class.</summary>
    internal static Tensor Score(TrainingNetworks models, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return (Transfer(models.Surrogates) * (1 - Transfer(models.References))).MoveToOuterDisposeScope();

        Tensor Transfer(int[] places)
        {
            var answers = Distributions(models.Members.Select(places).Outputs(inputs), inputs.shape[0]);
            return zeros_like(answers).scatter(2, answers.argmax(2, keepdim: true), ones_like(answers)).mean([0L]);
        }
    }

    /// <summary>Moves seeds, which the target gets right, and keeps what became conferrable.</summary>
    private Tensor Conferrable(SchemeContext context, Tensor seeds, int round)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (target, models) = (context.Target, context.Models);
        var start = context.Box.Clip(seeds);

        // The way does not depend on which of them are kept in the end.
        var way = this with { Confidence = 1 };
        var moved = models.Once((context, way, round), () => way.Moved(context, start, new(context.Seed, $"{Name} models {round}")));
        var all = Mean(models.Surrogates) * (1 - Mean(models.References));
        var (before, after) = (Probabilities(target, start).argmax(1), Probabilities(target, moved).argmax(1));
        var kept = after.ne(before).logical_and(all.amax([1L]).ge(Confidence));
        return moved.index_select(0, kept.nonzero().squeeze(1)).MoveToOuterDisposeScope();

        Tensor Mean(int[] places) => Distributions(models.Members.Select(places).Outputs(moved), moved.shape[0]).mean([0L]);
    }

    /// <summary>The seeds at the end of their way, [N, input…].</summary>
    internal Tensor Moved(SchemeContext context, Tensor start, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var (target, models) = (context.Target, context.Models);
        var reach = context.Box.Span * Epsilon;
        var (low, high) = (start - reach, start + reach);
        var x = start.clone();
        var adam = new InputAdam(x, context.Box.Span, LearningRate);
        var before = Probabilities(target, start).detach();
        for (var step = 0; step < Iterations; step++)
        {
            using var pass = NewDisposeScope();
            context.CancellationToken.ThrowIfCancellationRequested();
            var (surrogates, references) = (Pass(models.Surrogates), Pass(models.References));
            Tensor[] leaves = [x.detach().requires_grad_(), surrogates.Answers.detach().requires_grad_(), references.Answers.detach().requires_grad_()];
            var after = Probabilities(target, leaves[0]);
            var (surrogate, reference) = (Distributions(leaves[1], x.shape[0]).mean([0L]), Distributions(leaves[2], x.shape[0]).mean([0L]));

            // α·H(1, max M_E(x′)) − β·H(F(x), F(x′)) + γ·H(F(x′), Surr(x′)) with α = β = γ = 1.
            var ensemble = nn.functional.log_softmax(surrogate * (1 - reference), 1);
            var loss = -ensemble.amax([1L]).sum()
                + (before * after.clamp(Smallest, 1 - Smallest).log()).sum()
                - (after * surrogate.clamp(Smallest, 1).log()).sum();

            // By the target as it is, and by the models' answers the models' own ways back.
            var slopes = autograd.grad([loss], leaves);
            var gradient = slopes[0] + surrogates.Gradient(slopes[1]) + references.Gradient(slopes[2]);
            x.copy_(context.Box.Clip((x - adam.Move(gradient)).minimum(high).maximum(low)).detach());
        }

        return x.MoveToOuterDisposeScope();

        GroupPass Pass(int[] places) => models.Members.Select(Some(places, random)).Pass(x, PassTerms.Exact);
    }

    private static Tensor Probabilities(Network network, Tensor inputs) => ClassScores.Logits(network, inputs).softmax(1);

    /// <summary>Served probabilities, [models, N·out], as distributions, [models, N, classes]: one output is two classes.</summary>
    private static Tensor Distributions(Tensor answers, long examples)
    {
        var served = answers.view(answers.shape[0], examples, -1);
        return served.shape[2] == 1 ? cat([1 - served, served], 2) : served;
    }

    /// <summary>The dropout over models of the publication; at least one stays.</summary>
    private int[] Some(int[] places, SeededRandom random)
    {
        int[] kept = [.. places.Where(_ => random.NextDouble() < Kept)];
        return kept.Length > 0 ? kept : [places[random.NextInt32(places.Length)]];
    }
}
