using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>A member before its training, which may be done alone or together with that of others.</summary>
/// <param name="Network">The network as it starts.</param>
/// <param name="Training">What is still to be done to it; null: it is finished.</param>
public sealed record MemberDraft(Network Network, MemberTraining? Training);

/// <summary>The training of one member.</summary>
/// <param name="Learned">The tensors to learn; all others stay as they are.</param>
/// <param name="Data">Inputs and targets on the network's device; where a lesson draws its own, how many there are makes an epoch.</param>
/// <param name="OwnsData">Whether the data is this member's own and ends with its training.</param>
/// <param name="Lesson">What is minimised; one that holds a network ends with the training.</param>
/// <param name="Settings">How long and how fast.</param>
/// <param name="Kept">Ones, and zeros where a tensor's numbers are removed and stay zero; of the tensors' shapes, or to be broadcast to them.</param>
/// <param name="Random">Decides the order of the examples: numbers of this member's own.</param>
public sealed record MemberTraining(
    IReadOnlyList<NamedTensor> Learned,
    TensorData Data,
    bool OwnsData,
    Lesson Lesson,
    TrainingSettings Settings,
    IReadOnlyList<(NamedTensor Parameter, Tensor Keep)> Kept,
    SeededRandom Random) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, keep) in Kept)
        {
            keep.Dispose();
        }

        (Lesson as IDisposable)?.Dispose();
        if (OwnsData)
        {
            Data.Dispose();
        }
    }
}
