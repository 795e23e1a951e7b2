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
    private const int MeasureEvery = 50;

    public override int Iterations => 1000;

    public override double InputLearningRate(int inputSize) => 1e-3;

    public override double VerifierLearningRate => 1e-3;

    public override ObjectiveWeights Weights => new();

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
            var triple = members
                .Select([0, positives[random.NextInt32(positives.Length)], negatives[random.NextInt32(negatives.Length)]])
                .Pass(box.Inputs, learning.Terms);
            var (loss, ofVerifier, ofAnswers) = verifier.Gradients(standards.Apply(triple.Answers), weights, ofRows: true);
            inputAdam.Step([box.Gradient(triple.Gradient(ofAnswers! / standards.Deviation))]);
            verifierAdam.Step(ofVerifier);
            return Learning.Finite(loss.ToDouble(), iteration);
        }
    }
}
