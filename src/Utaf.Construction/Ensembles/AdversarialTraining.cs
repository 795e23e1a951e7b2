using TorchSharp;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>
/// Trains a generator against a discriminator (Goodfellow et al. 2014) with the non-saturating loss: the discriminator
/// minimises −log D(x) − log(1 − D(G(z))), the generator −log D(G(z)). Adam with β = (0.5, 0.999), as Radford et al. (2016).
/// </summary>
internal static class AdversarialTraining
{
    /// <summary>β₁.</summary>
    public const double FirstDecay = 0.5;

    private const double SecondDecay = 0.999;

    /// <summary>Trains both in turn, a step each per batch of real samples; latent vectors are drawn afresh each time.</summary>
    /// <param name="generator">Changed in place, but for what is not to be learned; in the mode in which it is to be trained.</param>
    /// <param name="discriminator">Changed in place.</param>
    /// <param name="learned">The generator's tensors to learn; none: the discriminator learns alone.</param>
    /// <param name="training">Data, length, what is removed, and random numbers.</param>
    /// <param name="name">The member, for messages.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="UtafException">UTAF1403: a loss is NaN or infinite.</exception>
    public static void Train(Network generator, Discriminator discriminator, IReadOnlyList<Tensor> learned, MemberTraining training, string name, CancellationToken cancellationToken)
    {
        var (data, settings, random) = (training.Data, training.Settings, training.Random);
        var judging = discriminator.Network.Parameters.Select(parameter => parameter.Tensor).ToList();
        foreach (var parameter in judging)
        {
            parameter.requires_grad = true;
        }

        discriminator.Network.TrainingMode();
        using var judge = new FusedAdam(judging, settings.LearningRate, SecondDecay, FirstDecay);
        using var maker = learned.Count > 0 ? new FusedAdam(learned, settings.LearningRate, SecondDecay, FirstDecay) : null;
        using var room = new RowRoom(Math.Min(settings.BatchSize, data.Count));
        var latent = data.Inputs.shape[1..];
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            var device = data.Inputs.device;
            var total = zeros(1, device: device);
            var order = random.Permutation(data.Count);
            for (var start = 0; start < data.Count; start += settings.BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var size = Math.Min(settings.BatchSize, data.Count - start);
                if (size < 2 && data.Count > 1)
                {
                    // Batch norm has no variance of one example.
                    continue;
                }

                using var scope = NewDisposeScope();
                var real = room.Take(data.Targets, order.AsSpan(start, size));
                var made = generator.Forward(random.Normal([size, .. latent]).to(device).clone()).flatten(1);
                var judged = nn.functional.softplus(-discriminator.LogOdds(real)).mean() + nn.functional.softplus(discriminator.LogOdds(made.detach())).mean();
                judged.backward();
                judge.Step();
                total.add_(judged.detach());
                if (maker is null)
                {
                    continue;
                }

                var fooled = nn.functional.softplus(-discriminator.LogOdds(made)).mean();
                fooled.backward();
                maker.Step();
                foreach (var parameter in judging)
                {
                    // What flowed through it to the generator.
                    parameter.grad = null;
                }

                Trainer.Remove(training.Kept);
                total.add_(fooled.detach());
            }

            if (!total.isfinite().all().ToBoolean())
            {
                throw Errors.NonFiniteOutputs($"training, epoch {epoch + 1}", name);
            }
        }

        discriminator.Network.EvaluationMode();
    }
}
