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

/// <summary>Trains one network on one table.</summary>
public static class Trainer
{
    /// <summary>Minimises a loss over the data; the network is in eval mode afterwards.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="parameters">The tensors to learn; all others stay as they are.</param>
    /// <param name="data">Inputs and targets on the network's device.</param>
    /// <param name="loss">The loss of a batch: (outputs, targets) to a scalar.</param>
    /// <param name="settings">Epochs, batch size and learning rate.</param>
    /// <param name="random">Decides the order of the examples.</param>
    /// <param name="name">The member, for messages.</param>
    /// <param name="afterStep">Called after each step, for what has to hold throughout, such as pruned weights staying zero.</param>
    /// <param name="cancellationToken">Looked at after every step.</param>
    /// <exception cref="UtafException">UTAF1403: the loss is NaN or infinite.</exception>
    public static void Train(
        Network network,
        IReadOnlyList<NamedTensor> parameters,
        TensorData data,
        Func<Tensor, Tensor, Tensor> loss,
        TrainingSettings settings,
        SeededRandom random,
        string name,
        CancellationToken cancellationToken,
        Action? afterStep = null)
    {
        var learned = parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in network.Parameters)
        {
            parameter.Tensor.requires_grad = learned.Contains(parameter.Name);
        }

        // Dropout draws from torch's own generator.
        manual_seed((long)(random.NextUInt64() >> 1));
        using var optimiser = optim.Adam(parameters.Select(parameter => (TorchSharp.Modules.Parameter)parameter.Tensor), settings.LearningRate);
        if (learned.Count == network.Parameters.Count)
        {
            network.TrainingMode();
        }
        else
        {
            // Layers that are not learned stay as they are, their running statistics included.
            network.EvaluationMode();
        }

        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            var total = zeros(1, device: data.Inputs.device);
            var order = tensor(random.Permutation(data.Count), device: data.Inputs.device);
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
                var batch = order.narrow(0, start, size);
                var outputs = network.Forward(data.Inputs.index_select(0, batch)).flatten(1);
                var objective = loss(outputs, data.Targets.index_select(0, batch));
                optimiser.zero_grad();
                objective.backward();
                optimiser.step();
                afterStep?.Invoke();
                total.add_(objective.detach());
            }

            if (!total.isfinite().all().ToBoolean())
            {
                throw Errors.NonFiniteOutputs($"training, epoch {epoch + 1}", name);
            }
        }

        network.EvaluationMode();
    }
}
