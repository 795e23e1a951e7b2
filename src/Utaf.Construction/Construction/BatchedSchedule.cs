using TorchSharp;
using TorchSharp.Modules;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The objective in mini-batches of members, from fingerprints that start between the owner's examples; when the fingerprint
/// stands, the meta-verifier is learned afresh on the answers of every member, which by then cost nothing.
/// </summary>
/// <remarks>
/// What each ingredient brings is measured in docs/method.md. Validation members take no part in learning the
/// fingerprint, nor in the meta-verifier by which ρ is chosen; the meta-verifier of the pair then learns from them too.
/// </remarks>
internal sealed class BatchedSchedule : ConstructionSchedule
{
    private const int BatchPerSide = 8;
    private const int WarmUpSteps = 20;
    private const int VerifierSteps = 200;
    private const double VerifierMomentum = 0.99;
    private const int Measurements = 10;

    // Fingerprints start in the middle between two examples, give or take half of this.
    private const double Spread = 0.4;

    // The hidden units learn as five small verifiers of their own and are read as one: their mean errs less than each.
    private const int Committees = 5;

    // Sharpens scores: the meta-verifier stops learning long before its scores are as far apart as its evidence.
    private const double Sharpness = 2;

    public override int Iterations => 60;

    public override double InputLearningRate => 0.1;

    public override double VerifierLearningRate => 0.01;

    public override ObjectiveWeights Weights => new(0.5, 1, 1);

    public override Learned Run(Learning learning)
    {
        using var scope = NewDisposeScope();

        // Noise and synthetic answers draw from torch's own generator.
        manual_seed((long)(learning.Random.NextUInt64() >> 1));
        var rate = learning.Options.VerifierLearningRate ?? VerifierLearningRate;
        var (inputs, curve) = LearnInputs(learning, rate);
        var training = learning.Training.Outputs(inputs);
        var unseen = learning.Validation.Outputs(inputs);
        var standards = OutputStandards.OfTarget(training);
        var chosenBy = LearnVerifier(learning, learning.Training.Stolen, training, standards, rate);
        var validation = learning.Score(learning.Options.Iterations ?? Iterations, chosenBy, standards.Apply(unseen));
        chosenBy.Dispose();
        var verifier = LearnVerifier(learning, [.. learning.Training.Stolen, .. learning.Validation.Stolen], cat([training, unseen]), standards, rate);
        return new Learned(inputs.DetachFromDisposeScope(), verifier, standards.DetachFromScope(), validation, curve);
    }

    private (Tensor Inputs, IReadOnlyList<CurvePoint> Curve) LearnInputs(Learning learning, double verifierRate)
    {
        using var scope = NewDisposeScope();
        var total = learning.Options.Iterations ?? Iterations;
        var inputRate = learning.Options.InputLearningRate ?? InputLearningRate;
        var free = new Parameter(Start(learning));
        var answers = learning.Training.Outputs(learning.Box.ToInputs(free).detach());
        var standards = OutputStandards.OfTarget(answers);
        var device = answers.device;
        using var verifier = new TrainableVerifier((int)answers.shape[1], learning.Random, device, committees: 1);
        using var inputOptimiser = optim.Adam([free], inputRate);
        using var verifierOptimiser = optim.Adam(verifier.Parameters, verifierRate, beta2: VerifierMomentum);
        Fit(verifier, verifierOptimiser, new(new(learning.Training.Stolen, learning.Weights, device), learning.Synthetic), standards, answers, WarmUpSteps, decayFrom: null);

        var curve = new List<CurvePoint>();
        for (var iteration = 0; iteration < total; iteration++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            SetRate(inputOptimiser, inputRate * (total - iteration) / total);
            inputOptimiser.zero_grad();
            verifierOptimiser.zero_grad();
            var loss = Learning.Finite(Pass(learning, free, verifier), iteration);
            inputOptimiser.step();
            verifierOptimiser.step();

            CurvePoint? point = null;
            if ((iteration + 1) % Math.Max(1, total / Measurements) == 0 || iteration + 1 == total)
            {
                var inputs = learning.Box.ToInputs(free).detach();
                point = learning.Measure(iteration, loss, verifier, inputs, OutputStandards.OfTarget(learning.Training.Select([0]).Outputs(inputs)));
                curve.Add(point);
            }

            learning.Report(new(iteration + 1, total, point));
        }

        return (learning.Box.ToInputs(free).detach().MoveToOuterDisposeScope(), curve);
    }

    /// <summary>
    /// Fingerprints start between two of the owner's examples: near what the target learned, so that its copies inherit
    /// its answers, and yet at no example that honest models of the same data learned too.
    /// </summary>
    private static Tensor Start(Learning learning)
    {
        using var scope = NewDisposeScope();
        var (random, examples, inputs) = (learning.Random, learning.Options.Examples, learning.OwnerInputs);
        long[] weightShape = [examples, .. Enumerable.Repeat(1L, (int)inputs.dim() - 1)];
        var weight = (random.Uniform(weightShape, Spread / 2) + 0.5).to(inputs.device);
        return learning.Box.ToFree((Drawn() * weight) + (Drawn() * (1 - weight))).MoveToOuterDisposeScope();

        Tensor Drawn()
        {
            var order = random.Permutation((int)inputs.shape[0]);
            return inputs.index_select(0, tensor(Enumerable.Range(0, examples).Select(i => order[i % order.Length]).ToArray(), device: inputs.device));
        }
    }

    /// <summary>One mini-batch: the target and some members of each side, leaving the gradients of fingerprint and meta-verifier.</summary>
    /// <returns>The loss.</returns>
    internal static double Pass(Learning learning, Parameter free, TrainableVerifier verifier)
    {
        using var scope = NewDisposeScope();
        var members = learning.Training;
        int[] places = [0, .. Draw(members.PlacesOf(stolen: true)[1..]), .. Draw(members.PlacesOf(stolen: false))];
        var batch = members.Select(places);
        var loss = new VerifierLoss(new([.. places.Select(place => members.Stolen[place])], learning.Weights, free.device), learning.Synthetic);
        var inputs = learning.Box.ToInputs(free);

        var answers = learning.OneByOne ? batch.OutputsWithoutGraph(inputs) : batch.Outputs(inputs);
        var objective = loss.OfAll(verifier, answers, OutputStandards.OfTarget(answers.detach()));
        objective.backward();
        if (learning.OneByOne)
        {
            batch.Backward(inputs, answers.grad!);
        }

        return objective.ToDouble();

        IEnumerable<int> Draw(int[] side) => learning.Random.Permutation(side.Length).Take(BatchPerSide).Select(i => side[i]);
    }

    private static TrainableVerifier LearnVerifier(Learning learning, IReadOnlyList<bool> stolen, Tensor answers, OutputStandards standards, double rate)
    {
        using var scope = NewDisposeScope();
        learning.CancellationToken.ThrowIfCancellationRequested();
        var verifier = new TrainableVerifier((int)answers.shape[1], learning.Random, answers.device, Committees);
        using var optimiser = optim.Adam(verifier.Parameters, rate, beta2: VerifierMomentum);
        Fit(verifier, optimiser, new(new(stolen, learning.Weights, answers.device), learning.Synthetic), standards, answers, VerifierSteps, decayFrom: rate);
        verifier.Sharpen(Sharpness);
        return verifier;
    }

    /// <summary>Steps of the meta-verifier alone, on answers that are known.</summary>
    private static void Fit(TrainableVerifier verifier, optim.Optimizer optimiser, VerifierLoss loss, OutputStandards standards, Tensor answers, int steps, double? decayFrom)
    {
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            if (decayFrom is { } rate)
            {
                SetRate(optimiser, rate * (steps - i) / steps);
            }

            optimiser.zero_grad();
            loss.OfAll(verifier, answers, standards).backward();
            optimiser.step();
        }
    }

    private static void SetRate(optim.Optimizer optimiser, double rate)
    {
        foreach (var group in optimiser.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }
}
