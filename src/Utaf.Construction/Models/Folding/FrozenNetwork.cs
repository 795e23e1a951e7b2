using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>A network of which only the outputs and their gradients by the inputs are wanted.</summary>
internal abstract class FrozenNetwork : IDisposable
{
    /// <summary>What the outputs mean.</summary>
    public abstract OutputForm Form { get; }

    /// <summary>Bytes of the weights.</summary>
    public abstract long Bytes { get; }

    /// <summary>About how many bytes the graph of one example takes, from the outputs back to the inputs.</summary>
    public abstract long GraphBytes { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="inputs">[N, input…], float32.</param>
    /// <returns>[N, out], float32, with gradients to the inputs where these ask for them.</returns>
    public abstract Tensor Forward(Tensor inputs);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the weights.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A network as it is: its operations are not known.</summary>
internal sealed class WholeNetwork(Network network) : FrozenNetwork
{
    // What keeps a graph small enough is not known of a network whose layers are not: with more parameters than this, the
    // graphs of a mini-batch of members may take gigabytes.
    private const long LargeNetwork = 1_000_000;

    private readonly long parameters = network.Parameters.Sum(parameter => parameter.Tensor.numel());

    /// <inheritdoc/>
    public override OutputForm Form => network.Form;

    /// <inheritdoc/>
    public override long Bytes => parameters * sizeof(float);

    /// <inheritdoc/>
    public override long GraphBytes => parameters > LargeNetwork ? int.MaxValue : 0;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return network.Forward(inputs).flatten(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => network.Dispose();
}
