using TorchSharp;
using TorchSharp.Modules;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// Objective (1) over every training member at each step. The pass through the members is the costly part, so each is
/// followed by several cheap steps of the meta-verifier on its answers; when the fingerprint stands, meta-verifiers are
/// learned afresh on its answers, and the one with the smallest validation loss is kept.
/// </summary>
internal sealed class FullSchedule : ConstructionSchedule
{
    private const int WarmUpSteps = 20;
    private const int VerifierStepsPerPass = 4;
    private const int RefitSteps = 400;
    private const int Restarts = 3;
    private const double Noise = 0.1;
    private const int Measurements = 10;

    public override int Iterations => 60;

    public override double InputLearningRate => 0.03;

    public override double VerifierLearningRate => 0.003;

    public override ObjectiveWeights Weights => new(0.5, 1, 1);

    public override Learned Run(Learning learning)
    {
        using var scope = NewDisposeScope();
        var options = learning.Options;
        var device = learning.OwnerInputs.device;
        manual_seed((long)(learning.Random.NextUInt64() >> 1));

        var total = options.Iterations ?? Iterations;
        var free = new Parameter(learning.Random.Normal(learning.FingerprintShape).to(device));
        var answers = learning.Training.Outputs(learning.Box.ToInputs(free).detach());
        var objective = new Objective(learning.Training, learning.Weights, device);
        var standards = OutputStandards.OfMembers(answers, objective.Positive);
        var rate = options.VerifierLearningRate ?? VerifierLearningRate;
        using var verifier = new TrainableVerifier((int)answers.shape[1], learning.Random, device);
        using var inputOptimiser = optim.Adam([free], options.InputLearningRate ?? InputLearningRate);
        using var verifierOptimiser = optim.Adam(verifier.Parameters, rate);
        Fit(verifier, verifierOptimiser, objective, standards.Apply(answers), WarmUpSteps, decayFrom: null);

        var curve = new List<CurvePoint>();
        for (var iteration = 0; iteration < total; iteration++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            SetRate(inputOptimiser, (options.InputLearningRate ?? InputLearningRate) * (total - iteration) / total);
            var (loss, passed) = Pass(learning, free, verifier, objective, standards, inputOptimiser, verifierOptimiser);
            standards = OutputStandards.OfMembers(passed, objective.Positive).MoveToOuterScope();
            Fit(verifier, verifierOptimiser, objective, standards.Apply(passed), VerifierStepsPerPass, decayFrom: null);

            CurvePoint? point = null;
            if ((iteration + 1) % Math.Max(1, total / Measurements) == 0 || iteration + 1 == total)
            {
                point = learning.Measure(iteration, Learning.Finite(loss, iteration), verifier, learning.Box.ToInputs(free).detach(), standards);
                curve.Add(point);
            }

            learning.Report(new(iteration + 1, total, point));
        }

        var inputs = learning.Box.ToInputs(free).detach();
        var final = learning.Training.Outputs(inputs);
        standards = OutputStandards.OfMembers(final, objective.Positive);
        var best = Refit(learning, objective, standards, inputs, standards.Apply(final), rate);
        return new Learned(inputs.DetachFromDisposeScope(), best, standards.DetachFromScope(), curve);
    }

    /// <summary>One pass through all members: a step of the fingerprint and one of the meta-verifier from the same gradient.</summary>
    private static (double Loss, Tensor Answers) Pass(
        Learning learning,
        Parameter free,
        TrainableVerifier verifier,
        Objective objective,
        OutputStandards standards,
        optim.Optimizer inputOptimiser,
        optim.Optimizer verifierOptimiser)
    {
        inputOptimiser.zero_grad();
        verifierOptimiser.zero_grad();
        var inputs = learning.Box.ToInputs(free);
        var leaf = inputs.detach().requires_grad_();
        var answers = new List<Tensor>();
        var total = 0.0;

        // Group by group, so that only one group's activations are in memory at a time.
        foreach (var group in learning.Training.Groups)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var answered = group.Outputs(leaf);
            var loss = objective.Loss(verifier.LogProbabilities(WithNoise(standards.Apply(answered))), group.Places);
            loss.backward();
            total += loss.ToDouble();
            answers.Add(answered.detach().MoveToOuterDisposeScope());
        }

        inputs.backward([leaf.grad!]);
        inputOptimiser.step();
        verifierOptimiser.step();
        return (total, learning.Training.InOrder(answers));
    }

    private static TrainableVerifier Refit(Learning learning, Objective objective, OutputStandards standards, Tensor inputs, Tensor standardised, double rate)
    {
        var unseen = standards.Apply(learning.Validation.Outputs(inputs));
        TrainableVerifier? best = null;
        var smallest = double.PositiveInfinity;
        for (var restart = 0; restart < Restarts; restart++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            var candidate = new TrainableVerifier((int)standardised.shape[1], learning.Random, inputs.device);
            using var optimiser = optim.Adam(candidate.Parameters, rate);
            Fit(candidate, optimiser, objective, standardised, RefitSteps, decayFrom: rate);
            var loss = Learning.Finite(Scores.Of(learning.Validation, candidate.LogOdds(unseen)).Loss, restart);
            if (loss < smallest)
            {
                best?.Dispose();
                (best, smallest) = (candidate, loss);
            }
            else
            {
                candidate.Dispose();
            }
        }

        return best!;
    }

    /// <summary>Steps of the meta-verifier alone, on answers that are known.</summary>
    private static void Fit(TrainableVerifier verifier, optim.Optimizer optimiser, Objective objective, Tensor standardised, int steps, double? decayFrom)
    {
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            if (decayFrom is { } rate)
            {
                SetRate(optimiser, rate * (steps - i) / steps);
            }

            optimiser.zero_grad();
            objective.Loss(verifier.LogProbabilities(WithNoise(standardised))).backward();
            optimiser.step();
        }
    }

    // Members are few and answers are many: noise keeps the meta-verifier from learning single members by heart.
    private static Tensor WithNoise(Tensor standardised) => standardised + (randn_like(standardised) * Noise);

    private static void SetRate(optim.Optimizer optimiser, double rate)
    {
        foreach (var group in optimiser.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }
}
