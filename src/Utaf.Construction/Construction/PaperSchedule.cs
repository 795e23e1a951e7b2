using TorchSharp;
using TorchSharp.Modules;
using Utaf.Fingerprints;
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

    public override double InputLearningRate => 1e-3;

    public override double VerifierLearningRate => 1e-3;

    public override ObjectiveWeights Weights => new();

    public override Learned Run(Learning learning)
    {
        using var scope = NewDisposeScope();
        var (members, options, random) = (learning.Training, learning.Options, learning.Random);
        var device = learning.OwnerInputs.device;
        var free = new Parameter(random.Normal(learning.FingerprintShape).to(device));
        var inputs = learning.Box.ToInputs(free).detach();
        var answers = members.Outputs(inputs);
        var standards = OutputStandards.OfTarget(answers);
        var verifier = new TrainableVerifier((int)answers.shape[1], random, device, committees: 1);
        using var inputOptimiser = optim.Adam([free], options.InputLearningRate ?? InputLearningRate);
        using var verifierOptimiser = optim.Adam(verifier.Parameters, options.VerifierLearningRate ?? VerifierLearningRate);

        var positives = members.PlacesOf(stolen: true)[1..];
        var negatives = members.PlacesOf(stolen: false);
        var weights = learning.Weights;
        var total = options.Iterations ?? Iterations;
        var curve = new List<CurvePoint>();
        for (var iteration = 0; iteration < total; iteration++)
        {
            learning.CancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var x = learning.Box.ToInputs(free);
            var triple = members.Select([0, positives[random.NextInt32(positives.Length)], negatives[random.NextInt32(negatives.Length)]]).Outputs(x);
            var log = verifier.LogProbabilities(standards.Apply(triple));
            var loss = -((log[0, 0, 1] * weights.Target) + (log[0, 1, 1] * weights.Positive) + (log[0, 2, 0] * weights.Negative));
            var measured = Learning.Finite(loss.ToDouble(), iteration);
            inputOptimiser.zero_grad();
            verifierOptimiser.zero_grad();
            loss.backward();
            inputOptimiser.step();
            verifierOptimiser.step();

            CurvePoint? point = null;
            if ((iteration + 1) % MeasureEvery == 0 || iteration + 1 == total)
            {
                point = learning.Measure(iteration, measured, verifier, learning.Box.ToInputs(free).detach(), standards);
                curve.Add(point);
            }

            learning.Report(new(iteration + 1, total, point));
        }

        inputs = learning.Box.ToInputs(free).detach();
        var validation = learning.Score(total, verifier, standards.Apply(learning.Validation.Outputs(inputs)));
        return new Learned(inputs.DetachFromDisposeScope(), verifier, standards.DetachFromScope(), validation, curve);
    }
}
