using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>What a recipe may use: data, the model to start from, and random numbers of this member's own.</summary>
/// <param name="MemberId">The member, for messages.</param>
/// <param name="Workshop">Task, data and device that all members share.</param>
/// <param name="Parent">Makes a trainable copy of the model to start from.</param>
/// <param name="Random">Numbers that depend on the plan's seed and the member's id alone.</param>
/// <param name="CancellationToken">Stops the training between two steps.</param>
public sealed record MemberContext(
    string MemberId,
    Workshop Workshop,
    Func<Network> Parent,
    SeededRandom Random,
    CancellationToken CancellationToken)
{
    /// <summary>Trains with the task's own loss on the thief's data.</summary>
    public void TrainOnPublicData(Network network, IReadOnlyList<NamedTensor> parameters, TrainingSettings settings, Action? afterStep = null) =>
        Train(network, parameters, Workshop.Public, settings, afterStep);

    /// <summary>Trains with the task's own loss.</summary>
    public void Train(Network network, IReadOnlyList<NamedTensor> parameters, TensorData data, TrainingSettings settings, Action? afterStep = null) =>
        Trainer.Train(network, parameters, data, (outputs, targets) => Workshop.Task.Loss(outputs, targets, network.Form), settings, Random, MemberId, CancellationToken, afterStep);
}
