using Utaf.Construction;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What a scheme makes its queries from.</summary>
/// <param name="Target">The owner's network, frozen, on the device of <paramref name="Inputs"/>.</param>
/// <param name="Task">What it was trained to do.</param>
/// <param name="Inputs">The owner's inputs, [n, input…].</param>
/// <param name="Targets">As the task wants them; class numbers [n] for classifiers.</param>
/// <param name="Box">Where queries stay.</param>
/// <param name="Seed">Decides what is drawn.</param>
public sealed record SchemeContext(Network Target, LearningTask Task, Tensor Inputs, Tensor Targets, InputBox Box, ulong Seed)
{
    /// <summary>Models of the ensemble's training part; none where a scheme is used without an ensemble.</summary>
    internal TrainingNetworks Models { get; init; } = TrainingNetworks.None;

    /// <summary>The ensemble, for schemes that learn from all of it; null where there is none.</summary>
    public SchemeEnsemble? Ensemble { get; init; }

    /// <summary>Looked at between steps that take long.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Where the work is done.</summary>
    public Device Device => Inputs.device;

    /// <summary>Checks that a scheme can be used.</summary>
    /// <exception cref="UtafException">UTAF1504.</exception>
    internal void Require(IFingerprintScheme scheme)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var width = (int)Target.Forward(Inputs.narrow(0, 0, 1)).flatten(1).shape[1];
        if (!scheme.Supports(Task, width))
        {
            throw Errors.SchemeUnsuited(scheme.Name, scheme.Wanted, Task.Name, width);
        }
    }

    /// <summary>Some of the owner's inputs, [places, input…].</summary>
    internal Tensor Rows(IEnumerable<long> places)
    {
        long[] chosen = [.. places];
        return chosen.Length == 0 ? Inputs.narrow(0, 0, 0) : Inputs.index_select(0, tensor(chosen).to(Device));
    }

    /// <summary>Random inputs of the owner's.</summary>
    internal Tensor RandomRows(int count, string purpose) =>
        Rows(new Torch.SeededRandom(Seed, purpose).Permutation((int)Inputs.shape[0]).Take(count));
}
