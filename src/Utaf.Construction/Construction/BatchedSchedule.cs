using TorchSharp;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// The objective in mini-batches of members, from fingerprints that start between the owner's examples, or at drawn latent
/// vectors; when the fingerprint stands, the meta-verifier is learned afresh on the answers of every member, which by then
/// cost nothing.
/// </summary>
/// <remarks>
/// What each ingredient brings is measured in docs/method.md. Validation members take no part in learning the
/// fingerprint, but they say when it is good enough; nor in the meta-verifier by which ρ is chosen, which is not learned where
/// ρ is given. The meta-verifier of the pair learns from them too.
/// </remarks>
internal sealed class BatchedSchedule : ConstructionSchedule
{
    private const int BatchPerSide = 8;
    private const int WarmUpSteps = 20;

    // Steps for up to so many members to learn from: no profile gives more without annealed students, but many listed models
    // do. For more members they are more in the same measure: each is drawn as often on average, and weighs less in a step of all.
    private const int UsualMembers = 100;
    private const int Iterations = 60;
    private const int VerifierSteps = 200;

    // While the fingerprint moves, the meta-verifier forgets soon how steep its loss was. When the fingerprint stands nothing
    // moves, and a mean over many steps evens out the noise that each of them learns with.
    private const double MovingSecondDecay = 0.99;
    private const double StandingFirstDecay = 0.99;
    private const int Measurements = 10;

    // Where a pass through the members takes seconds, the meta-verifier learns more from each.
    private const int StepsPerCostlyPass = 4;

    // The fingerprint learns no longer than the validation part rewards: measurements without a new best.
    private const int Patience = 3;

    // Adam moves every free variable of an input by about its rate. The same rate would take an image many times as far from what
    // models know as a row of a table: it is the length of the whole step that is bounded, and of small inputs the rate.
    private const double StepLength = 0.4;
    private const double HighestRate = 0.05;

    // Fingerprints start in the middle between two examples, give or take half of this.
    private const double Spread = 0.4;

    // The hidden units learn as five small verifiers of their own and are read as one: their mean errs less than each.
    private const int Committees = 5;

    // Sharpens scores: the meta-verifier stops learning long before its scores are as far apart as its evidence.
    private const double Sharpness = 4;

    public override double InputLearningRate(int inputSize) => Math.Min(HighestRate, StepLength / Math.Sqrt(inputSize));

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
        var standards = OutputStandards.OfTarget(training, learning.Reading);
        var read = standards.Apply(unseen);
        var verifier = LearnVerifier(learning, [.. learning.Training.Stolen, .. learning.Validation.Stolen], cat([training, unseen]), standards, rate);

        // Its scores are not used: this only finds weights that are not finite.
        _ = Score(verifier);

        // Last, so that a given ρ, which spares this, leaves all that is drawn before as it is.
        var threshold = learning.Options.Threshold ?? Threshold.Choose(ByTrainingAlone());
        return new Learned(inputs.DetachFromDisposeScope(), verifier, standards.DetachFromScope(), threshold, curve);

        Scores ByTrainingAlone()
        {
            using var chosenBy = LearnVerifier(learning, learning.Training.Stolen, training, standards, rate);
            return Score(chosenBy);
        }

        Scores Score(TrainableVerifier by) => learning.Score(IterationsOf(learning), by, read);
    }

    private static int IterationsOf(Learning learning) => learning.Options.Iterations ?? Steps(Iterations, learning);

    // The target comes before the members.
    private static int Steps(int usual, Learning learning) => usual * Math.Max(UsualMembers, learning.Training.Count - 1) / UsualMembers;

    private (Tensor Inputs, IReadOnlyList<CurvePoint> Curve) LearnInputs(Learning learning, double verifierRate)
    {
        using var scope = NewDisposeScope();
        var total = IterationsOf(learning);
        var inputRate = learning.Options.InputLearningRate ?? InputLearningRate(learning.InputSize);
        var free = Start(learning);
        var answers = learning.Training.Outputs(learning.Box.ToInputs(free), learning.Terms.Type);
        var standards = OutputStandards.OfTarget(answers, learning.Reading);
        var device = answers.device;
        using var verifier = new TrainableVerifier(standards.Width, learning.Random, device, committees: 1);
        using var inputAdam = new FusedAdam([free], inputRate);
        using var verifierAdam = new FusedAdam(verifier.Parameters, verifierRate, MovingSecondDecay);
        Fit(verifier, verifierAdam, new(new(learning.Training.Stolen, learning.Weights, device), learning.Synthetic), standards, answers, WarmUpSteps, decayFrom: null);

        using var stop = new EarlyStop(learning.Options.Patience ?? Patience);
        var curve = new List<CurvePoint>();
        for (var iteration = 0; iteration < total; iteration++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            inputAdam.Rate = inputRate * (total - iteration) / total;
            var (loss, gradient) = Pass(learning, free, verifier, verifierAdam);
            _ = Learning.Finite(loss, iteration);
            inputAdam.Step([gradient]);
            verifierAdam.Step();

            CurvePoint? point = null;
            if ((iteration + 1) % ((total + Measurements - 1) / Measurements) == 0 || iteration + 1 == total)
            {
                var inputs = learning.Box.ToInputs(free);
                var ofTarget = learning.Training.Select([0]).Outputs(inputs, learning.Terms.Type);
                point = learning.Measure(iteration, loss, verifier, inputs, OutputStandards.OfTarget(ofTarget, learning.Reading));
                curve.Add(point);
            }

            learning.Report(new(iteration + 1, total, point));
            if (point is not null && stop.Reached(point, free))
            {
                break;
            }
        }

        if (stop.HasBest)
        {
            // Not the last one: patience may not have run out when the steps did.
            free.copy_(stop.Best);
        }

        return (learning.Box.ToInputs(free).MoveToOuterDisposeScope(), curve);
    }

    /// <summary>
    /// Fingerprints start between two of the owner's examples: near what the target learned, so that its copies inherit
    /// its answers, and yet at no example that honest models of the same data learned too. Latent vectors are no examples, and
    /// between two of them the norm is about 0.7 of what a generator was trained with: there they start at draws of their own.
    /// </summary>
    /// <returns>The free variables, [N, input…].</returns>
    internal static Tensor Start(Learning learning)
    {
        using var scope = NewDisposeScope();
        var (random, examples, inputs) = (learning.Random, learning.Options.Examples, learning.OwnerInputs);
        if (learning.DrawsInputs)
        {
            return learning.Box.ToFree(random.Normal(learning.FingerprintShape).to(inputs.device).clone()).MoveToOuterDisposeScope();
        }

        long[] weightShape = [examples, .. Enumerable.Repeat(1L, (int)inputs.dim() - 1)];
        var weight = (random.Uniform(weightShape, Spread / 2) + 0.5).to(inputs.device);
        return learning.Box.ToFree((Drawn() * weight) + (Drawn() * (1 - weight))).MoveToOuterDisposeScope();

        Tensor Drawn()
        {
            var order = random.Permutation((int)inputs.shape[0]);
            return inputs.index_select(0, tensor(Enumerable.Range(0, examples).Select(i => order[i % order.Length]).ToArray(), device: inputs.device));
        }
    }

    /// <summary>
    /// One mini-batch: the target and some members of each side. Leaves the gradients of the meta-verifier, which has made
    /// some steps of its own on the same answers where these were costly.
    /// </summary>
    /// <returns>The loss, and the gradient of the free variables, [N, input…].</returns>
    internal static (double Loss, Tensor Gradient) Pass(Learning learning, Tensor free, TrainableVerifier verifier, FusedAdam verifierAdam)
    {
        using var scope = NewDisposeScope();
        var members = learning.Training;
        int[] places = [0, .. Draw(members.PlacesOf(stolen: true)[1..]), .. Draw(members.PlacesOf(stolen: false))];
        var loss = new VerifierLoss(new([.. places.Select(place => members.Stolen[place])], learning.Weights, free.device), learning.Synthetic);
        var box = learning.Box.Pass(free);
        var pass = members.Select(places).Pass(box.Inputs, learning.Terms);
        var standards = OutputStandards.OfTarget(pass.Answers, learning.Reading);
        if (learning.Costly)
        {
            Fit(verifier, verifierAdam, loss, standards, pass.Answers, StepsPerCostlyPass - 1, decayFrom: null);
        }

        var answers = pass.Answers.detach().requires_grad_();
        var objective = loss.OfAll(verifier, answers, standards);
        objective.backward();
        return (objective.ToDouble(), box.Gradient(pass.Gradient(answers.grad!)).MoveToOuterDisposeScope());

        IEnumerable<int> Draw(int[] side) => learning.Random.Permutation(side.Length).Take(BatchPerSide).Select(i => side[i]);
    }

    private static TrainableVerifier LearnVerifier(Learning learning, IReadOnlyList<bool> stolen, Tensor answers, OutputStandards standards, double rate)
    {
        using var scope = NewDisposeScope();
        learning.CancellationToken.ThrowIfCancellationRequested();
        var verifier = new TrainableVerifier(standards.Width, learning.Random, answers.device, Committees);
        using var adam = new FusedAdam(verifier.Parameters, rate, firstDecay: StandingFirstDecay);
        var steps = learning.Options.VerifierSteps ?? Steps(VerifierSteps, learning);
        Fit(verifier, adam, new(new(stolen, learning.Weights, answers.device), learning.Synthetic), standards, answers, steps, decayFrom: rate);
        verifier.Sharpen(Sharpness);
        return verifier;
    }

    /// <summary>Steps of the meta-verifier alone, on answers that are known.</summary>
    private static void Fit(TrainableVerifier verifier, FusedAdam adam, VerifierLoss loss, OutputStandards standards, Tensor answers, int steps, double? decayFrom)
    {
        using var known = loss.Prepare(answers, standards);
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            adam.Rate = decayFrom is { } rate ? rate * (steps - i) / steps : adam.Rate;
            var (rows, weights) = loss.OfAll(known);
            adam.Step(verifier.Gradients(rows, weights, ofRows: false).OfParameters);
        }
    }
}
