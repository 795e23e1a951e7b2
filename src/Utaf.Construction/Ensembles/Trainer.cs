using TorchSharp;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>How long and how fast a member is trained: Adam on shuffled batches.</summary>
/// <param name="Epochs">Passes over the data, at least 0.</param>
/// <param name="BatchSize">Examples per step, at least 2.</param>
/// <param name="LearningRate">Adam's, above 0.</param>
public sealed record TrainingSettings(int Epochs, int BatchSize = 64, double LearningRate = 1e-3);

/// <summary>Trains one network of any kind.</summary>
public static class Trainer
{
    /// <summary>Minimises the lesson's loss over the data; the network is in eval mode afterwards.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="training">What is learned from what, and for how long.</param>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="name">The member, for messages.</param>
    /// <param name="cancellationToken">Looked at after every step.</param>
    /// <exception cref="UtafException">UTAF1403: the loss is NaN or infinite.</exception>
    public static void Train(Network network, MemberTraining training, LearningTask task, string name, CancellationToken cancellationToken)
    {
        var (parameters, data, settings, random) = (training.Learned, training.Data, training.Settings, training.Random);
        var learned = parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in network.Parameters)
        {
            parameter.Tensor.requires_grad = learned.Contains(parameter.Name);
        }

        // Dropout draws from torch's own generator, a discriminator's too.
        manual_seed((long)(random.NextUInt64() >> 1));
        if (training.Lesson is Adversary adversary)
        {
            using var discriminator = adversary.Start(network, random);
            if (learned.Count == network.Parameters.Count)
            {
                network.TrainingMode();
            }

            AdversarialTraining.Train(network, discriminator, [.. parameters.Select(parameter => parameter.Tensor)], training, name, cancellationToken);
            network.EvaluationMode();
            return;
        }

        ChannelsLast.Apply(network);
        using var head = (training.Lesson as FeatureLearning)?.Start(network, data, random);
        using var adam = new FusedAdam([.. parameters.Select(parameter => parameter.Tensor), .. head?.Parameters ?? []], settings.LearningRate);
        if (learned.Count == network.Parameters.Count)
        {
            network.TrainingMode();
        }
        else
        {
            // Layers that are not learned stay as they are, their running statistics included.
            network.EvaluationMode();
        }

        using var room = new BatchRoom(Math.Min(settings.BatchSize, data.Count));
        var (step, steps) = (0L, (long)TrainingEffort.StepsPerEpoch(data.Count, settings.BatchSize) * settings.Epochs);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            var total = zeros(1, device: data.Inputs.device);
            var order = data.Order(random);
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
                var (inputs, targets) = training.Lesson.Batch(data, order.AsSpan(start, size), settings.BatchSize, random, room);
                if (training.Lesson.TargetsMove)
                {
                    targets = training.Lesson.TargetsAt(targets, full([inputs.shape[0], 1], (float)step / steps, device: targets.device));
                }

                var outputs = network.Forward(head?.View(inputs) ?? inputs).flatten(1);
                var objective = (head?.Losses(outputs, inputs, targets) ?? training.Lesson.Losses(task, outputs, targets)).mean();
                objective.backward();
                adam.Step();
                Remove(training.Kept);
                total.add_(objective.detach());
                step++;
            }

            if (!total.isfinite().all().ToBoolean())
            {
                throw Errors.NonFiniteOutputs($"training, epoch {epoch + 1}", name);
            }
        }

        network.EvaluationMode();
    }

    /// <summary>Zeroes again what was removed.</summary>
    internal static void Remove(IReadOnlyList<(NamedTensor Parameter, Tensor Keep)> kept)
    {
        using var noGradient = no_grad();
        foreach (var (parameter, keep) in kept)
        {
            parameter.Tensor.mul_(keep);
        }
    }
}
