using TorchSharp;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// A stolen classifier trained further on public data and on adversarial examples of it, made by one step along the sign of the
/// gradient (Goodfellow, Shlens and Szegedy 2015), half of each: its decision boundaries move where fingerprints often lie.
/// </summary>
internal static class AdversarialFineTuning
{
    private const int Batch = 64;
    private const double LearningRate = 1e-3;

    /// <summary>The trained copy.</summary>
    /// <param name="workshop">Target and public data.</param>
    /// <param name="step">ε, in the inputs' units.</param>
    /// <param name="range">Of the inputs.</param>
    /// <param name="epochs">Passes over the public data.</param>
    /// <param name="seed">The order of the examples.</param>
    /// <param name="stop">Looked at before every step.</param>
    /// <exception cref="UtafException">UTAF1403: the loss is not finite.</exception>
    public static Network Of(Workshop workshop, double step, (double Low, double High) range, int epochs, ulong seed, CancellationToken stop)
    {
        var network = workshop.Target.Copy().To(workshop.Device);
        var (task, data, random) = (workshop.Task, workshop.Public, new SeededRandom(seed, FormattableString.Invariant($"adversarial {step}")));
        var learned = network.Parameters.Select(parameter => parameter.Tensor).ToList();
        foreach (var parameter in learned)
        {
            parameter.requires_grad = true;
        }

        using var adam = new FusedAdam(learned, LearningRate);
        var batch = Math.Clamp(data.Count, 1, Batch);
        manual_seed((long)(random.NextUInt64() >> 1));
        network.TrainingMode();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            var order = tensor(random.Permutation(data.Count), device: workshop.Device);
            for (var start = 0; start + batch <= data.Count; start += batch)
            {
                stop.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var places = order.narrow(0, start, batch);
                var (inputs, targets) = (data.Inputs.index_select(0, places), data.Targets.index_select(0, places));
                var point = inputs.clone().requires_grad_(true);
                var gradient = autograd.grad([Loss(point, targets)], [point])[0];
                var moved = (inputs + (gradient.sign() * step)).clamp(range.Low, range.High);
                var objective = (Loss(inputs, targets) + Loss(moved, targets)) / 2;
                if (!double.IsFinite(objective.ToDouble()))
                {
                    throw Errors.NonFiniteOutputs($"training, epoch {epoch + 1}", "adversarial");
                }

                objective.backward();
                adam.Step();
            }
        }

        network.EvaluationMode();
        return network.Freeze();

        Tensor Loss(Tensor inputs, Tensor targets) => task.Losses(network.Forward(inputs).flatten(1), targets, network.Form).mean();
    }
}
