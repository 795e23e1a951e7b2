using TorchSharp;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// Algorithm 1: in each iteration a triple (M₋, F, M₊), ℓ = log p₊(M₊) + log p₊(F) + log p₋(M₋), and one Adam step each
/// of W and Θ, both from the gradient at (W_t, Θ_t).
/// </summary>
internal sealed class PaperSchedule : ConstructionSchedule
{
    private const int Iterations = 1000;
    private const int MeasureEvery = 50;

    public override double InputLearningRate(int inputSize) => 1e-3;

    public override double VerifierLearningRate => 1e-3;

    public override ObjectiveWeights Weights => new();

    public override bool UsesMembersForTrainingAlone => false;

    public override Learned Run(Learning learning)
    {
        using var scope = NewDisposeScope();
        var (members, options, random) = (learning.Training, learning.Options, learning.Random);
        var device = learning.OwnerInputs.device;
        var free = random.Normal(learning.FingerprintShape).to(device).clone();
        var answers = members.Outputs(learning.Box.ToInputs(free));
        var standards = OutputStandards.OfTarget(answers, reading: null);
        var verifier = new TrainableVerifier((int)answers.shape[1], random, device, committees: 1);
        using var inputAdam = new FusedAdam([free], options.InputLearningRate ?? InputLearningRate(learning.InputSize));
        using var verifierAdam = new FusedAdam(verifier.Parameters, options.VerifierLearningRate ?? VerifierLearningRate);

        // log p₊ of the target and of the positive, log p₋ of the negative, each with its weight.
        var weights = tensor([0, (float)learning.Weights.Target, 0, (float)learning.Weights.Positive, (float)learning.Weights.Negative, 0], [3, 2], device: device);
        var positives = members.PlacesOf(stolen: true)[1..];
        var negatives = members.PlacesOf(stolen: false);
        var total = options.Iterations ?? Iterations;
        var curve = new List<CurvePoint>();
        for (var iteration = 0; iteration < total; iteration++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            var measured = Step(iteration);
            using var measuring = NewDisposeScope();
            CurvePoint? point = null;
            if ((iteration + 1) % MeasureEvery == 0 || iteration + 1 == total)
            {
                point = learning.Measure(iteration, measured, verifier, learning.Box.ToInputs(free), standards);
                curve.Add(point);
            }

            learning.Report(new(iteration + 1, total, point));
        }

        var inputs = learning.Box.ToInputs(free);
        var scores = learning.Score(total, verifier, standards.Apply(learning.Validation.Outputs(inputs)));
        return new Learned(inputs.DetachFromDisposeScope(), verifier, standards.DetachFromScope(), options.Threshold ?? Threshold.Choose(scores), curve);

        double Step(int iteration)
        {
            using var step = NewDisposeScope();
            var box = learning.Box.Pass(free);
            int[] triple = [0, positives[random.NextInt32(positives.Length)], negatives[random.NextInt32(negatives.Length)]];

            // ℓ is a sum over the three: where their graphs are large, there is one at a time.
            var (loss, ofVerifier, ofInputs) = (learning.Costly ? triple.Chunk(1) : [triple])
                .Select((places, part) => Part(box.Inputs, places, weights.narrow(0, part, places.Length)))
                .Aggregate((sum, part) => (sum.Loss + part.Loss, [.. sum.OfVerifier.Zip(part.OfVerifier, (one, other) => one.add_(other))], sum.OfInputs.add_(part.OfInputs)));
            inputAdam.Step([box.Gradient(ofInputs)]);
            verifierAdam.Step(ofVerifier);
            return Learning.Finite(loss, iteration);
        }

        (double Loss, Tensor[] OfVerifier, Tensor OfInputs) Part(Tensor inputs, int[] places, Tensor ofPlaces)
        {
            using var part = NewDisposeScope();
            var pass = members.Select(places).Pass(inputs, learning.Terms);
            var (loss, ofVerifier, ofAnswers) = verifier.Gradients(standards.Apply(pass.Answers), ofPlaces, ofRows: true);
            var ofInputs = pass.Gradient(ofAnswers! / standards.Deviation);
            return (loss.ToDouble(), [.. ofVerifier.Select(gradient => gradient.MoveToOuterDisposeScope())], ofInputs.MoveToOuterDisposeScope());
        }
    }
}
