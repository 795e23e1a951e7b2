using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Construction;

/// <summary>Reads the weights of perceptrons: each architecture's network is made once, and takes up one member after the other.</summary>
/// <param name="folder">Where the members are.</param>
/// <param name="workshop">Target, task and device.</param>
internal sealed class PerceptronMoulds(EnsembleFolder folder, Workshop workshop) : IDisposable
{
    private readonly Dictionary<Architecture, Network> moulds = [];

    /// <summary>A member's weights; null when it is no perceptron.</summary>
    /// <param name="member">A member that is built; null for the target.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <exception cref="UtafException">UTAF1402: its file is damaged.</exception>
    public MlpWeights? TryRead(Member? member, Architecture architecture)
    {
        if (!moulds.TryGetValue(architecture, out var mould))
        {
            mould = architecture.Build(workshop.Architectures, new SeededRandom(0, "mould")).To(workshop.Device).Freeze();
            moulds[architecture] = mould;
        }

        if (member is null)
        {
            mould.CopyFrom(workshop.Target.Network);
        }
        else
        {
            folder.Pour(member, mould);
        }

        return MlpWeights.TryRead(mould, workshop.Probe);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var mould in moulds.Values)
        {
            mould.Dispose();
        }
    }
}
