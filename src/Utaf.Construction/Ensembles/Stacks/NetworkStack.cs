using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>K networks of linear layers with ReLU between them that learn together: each of their tensors lies in one of K.</summary>
internal sealed class NetworkStack : IDisposable
{
    private readonly IReadOnlyList<Tensor> parameters;
    private readonly FusedAdam adam;

    /// <param name="networks">Of one shape, whose parameters are each layer's weight and bias in turn.</param>
    /// <param name="rate">Adam's.</param>
    /// <param name="firstDecay">β₁.</param>
    public NetworkStack(IReadOnlyList<Network> networks, double rate, double firstDecay)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        parameters = [.. networks[0].Parameters.Select((_, i) => stack(networks.Select(network => network.Parameters[i].Tensor)).DetachFromDisposeScope())];
        Learn();
        adam = new(parameters, rate, firstDecay: firstDecay);
    }

    private NetworkStack(IReadOnlyList<Tensor> parameters, Func<IReadOnlyList<Tensor>, FusedAdam> adam)
    {
        this.parameters = parameters;
        Learn();
        this.adam = adam(parameters);
    }

    /// <summary>Some of the networks, with what was learned of them.</summary>
    /// <param name="rows">Which, [n].</param>
    public NetworkStack Some(Tensor rows)
    {
        using var noGradient = no_grad();
        return new([.. parameters.Select(parameter => parameter.index_select(0, rows).DetachFromDisposeScope())], moved => adam.Some(moved, rows));
    }

    /// <summary>Writes one network's parameters back.</summary>
    public void CopyTo(int k, Network network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (parameter, own) in parameters.Zip(network.Parameters))
        {
            own.Tensor.copy_(parameter.select(0, k));
        }
    }

    /// <summary>Runs each network on its own batch.</summary>
    /// <param name="inputs">[K, B, in].</param>
    /// <returns>The last layer's outputs, [K, B, out], in torch's graph.</returns>
    public Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var signal = inputs;
        for (var i = 0; i < parameters.Count; i += 2)
        {
            signal = signal.bmm(parameters[i].transpose(1, 2)) + parameters[i + 1].unsqueeze(1);
            signal = i + 2 < parameters.Count ? signal.relu() : signal;
        }

        return signal.MoveToOuterDisposeScope();
    }

    /// <summary>One step of Adam down the gradients that the way back has left.</summary>
    public void Step() => adam.Step();

    /// <summary>Forgets gradients: those that flowed through on the way to something else.</summary>
    public void Forget()
    {
        foreach (var parameter in parameters)
        {
            parameter.grad = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        adam.Dispose();
        foreach (var parameter in parameters)
        {
            parameter.Dispose();
        }
    }

    private void Learn()
    {
        foreach (var parameter in parameters)
        {
            parameter.requires_grad = true;
        }
    }
}
