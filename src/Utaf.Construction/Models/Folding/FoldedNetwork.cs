using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A convolutional network for inference and gradients by its inputs: batch norm is part of the kernels, filters that pruning
/// zeroed are gone, images lie channel by channel last, and numbers may be bfloat16.
/// </summary>
/// <param name="steps">The operations in their order; owned.</param>
/// <param name="form">What the outputs mean.</param>
/// <param name="size">What it takes, where that is known; else <see cref="Agrees"/> measures it.</param>
internal sealed class FoldedNetwork(IReadOnlyList<FoldedStep> steps, OutputForm form, FoldedSize? size = null) : FrozenNetwork
{
    /// <summary>What its graph takes.</summary>
    public FoldedSize Size { get; private set; } = size ?? new(0, false);

    /// <summary>Its operations that are computed in managed code.</summary>
    public IReadOnlyList<FrozenOperation> Operations { get; } = [.. steps.SelectMany(step => step.Operations)];

    /// <inheritdoc/>
    public override OutputForm Form => form;

    /// <inheritdoc/>
    public override long Bytes { get; } = steps.Sum(step => step.Bytes);

    /// <inheritdoc/>
    public override long GraphBytes(Tensor inputs) => Size.GraphBytes * inputs.shape[0];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return steps.Aggregate(inputs, (signal, step) => step.Run(signal)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether it answers as the network that it was made from; on the way its graph is measured.</summary>
    /// <param name="network">That network.</param>
    /// <param name="probe">Inputs to try both on, [n, input…].</param>
    /// <param name="terms">How it was folded.</param>
    public bool Agrees(Network network, Tensor probe, FoldingTerms terms)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = network.Forward(probe).flatten(1);
        var signal = probe;
        long bytes = 0;
        foreach (var step in steps)
        {
            signal = step.Run(signal);
            bytes += signal.numel() * signal.element_size() * step.Results;
        }

        Size = new(bytes / probe.shape[0], terms.Winograd);
        return expected.shape.SequenceEqual(signal.shape)
            && (expected - signal).abs().max().ToDouble() <= terms.Tolerance * (1 + expected.abs().max().ToDouble());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var step in steps)
        {
            step.Dispose();
        }
    }
}

/// <summary>What a folded network takes beside its weights.</summary>
/// <param name="GraphBytes">The graph from the outputs back to one example.</param>
/// <param name="Winograd">Whether <see cref="FrozenOperation"/>s were allowed.</param>
internal sealed record FoldedSize(long GraphBytes, bool Winograd);
