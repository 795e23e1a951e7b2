using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

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
    /// <summary>A draft that is to be trained with the task's own loss on the thief's data.</summary>
    /// <param name="network">The network as it starts.</param>
    /// <param name="learned">The tensors to learn.</param>
    /// <param name="settings">How long; for no epochs at all the member is finished.</param>
    /// <param name="kept">What removes numbers of the network for good; owned by the draft.</param>
    public MemberDraft OnPublicData(Network network, IReadOnlyList<NamedTensor> learned, TrainingSettings settings, IReadOnlyList<(NamedTensor Parameter, Tensor Keep)>? kept = null)
    {
        if (settings.Epochs > 0)
        {
            var data = Workshop.StolenData(Random, out var owned);
            return new(network, new(learned, data, owned, Workshop.StolenLesson(network), settings, kept ?? [], Random));
        }

        foreach (var (_, keep) in kept ?? [])
        {
            keep.Dispose();
        }

        return new(network, null);
    }
}
