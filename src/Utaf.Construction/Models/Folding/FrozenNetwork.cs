using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>A network of which only the outputs and their gradients by the inputs are wanted.</summary>
internal abstract class FrozenNetwork : IDisposable
{
    /// <summary>What the outputs mean.</summary>
    public abstract OutputForm Form { get; }

    /// <summary>Bytes of the weights.</summary>
    public abstract long Bytes { get; }

    /// <summary>About how many bytes the graph from the outputs back to the inputs takes.</summary>
    /// <param name="inputs">[N, input…].</param>
    public abstract long GraphBytes(Tensor inputs);

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
    // Of a network whose layers are not known a guess has to do: small convolutional networks keep some hundred times their
    // inputs. A large one, or a frozen one, of which not even the size is known, is taken to keep too much in any case.
    private const long KeptPerInput = 500;
    private const long LargeNetwork = 1_000_000;

    private readonly long parameters = network.Parameters.Sum(parameter => parameter.Tensor.numel());

    /// <inheritdoc/>
    public override OutputForm Form => network.Form;

    /// <inheritdoc/>
    public override long Bytes => parameters * sizeof(float);

    /// <inheritdoc/>
    public override long GraphBytes(Tensor inputs) =>
        parameters is 0 or > LargeNetwork ? long.MaxValue / 2 : inputs.numel() * KeptPerInput * sizeof(float);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return network.Forward(inputs).flatten(1).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => network.Dispose();
}
