using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

/// <summary>Different perceptrons of one shape: as networks, and stacked.</summary>
internal sealed record MlpStack(IReadOnlyList<Network> Networks, StackedMlps Stacked) : IDisposable
{
    public static MlpStack Of(Workshop workshop, int count)
    {
        Network[] networks = [.. Enumerable.Range(0, count).Select(i => new Mlp([7, 6]).Build(workshop.Architectures, new SeededRandom(9, $"{i}")).Freeze())];
        var weights = networks.Select(network => MlpWeights.TryRead(network, workshop.Owner.Inputs)!).ToList();
        return new(networks, new([.. Enumerable.Range(0, count)], weights, workshop.Task));
    }

    public Tensor OneByOne(Tensor inputs, int[] chosen) => stack([.. chosen.Select(i => Networks[i].Forward(inputs).flatten())]);

    public static void Near(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = ((expected - actual).abs() / expected.abs().clamp(1)).max().item<float>();
        Assert.True(difference < 1e-5f, $"they differ by {difference}");
    }

    public void Dispose()
    {
        Stacked.Dispose();
        foreach (var network in Networks)
        {
            network.Dispose();
        }
    }
}
