using System.Text.Json.Serialization;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>A multi-layer perceptron with ReLU between its layers; inputs of any shape are flattened.</summary>
/// <param name="Hidden">The widths of the hidden layers, one to three of them.</param>
public sealed record Mlp(int[] Hidden) : Architecture
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"mlp-{string.Join('-', Hidden)}";

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => true;

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        int[] widths = [context.Signature.InputSize, .. Hidden, context.Signature.OutputWidth];
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            if (i > 0)
            {
                layers.Add(($"relu{i}", nn.ReLU()));
            }

            layers.Add(($"linear{i + 1}", nn.Linear(widths[i], widths[i + 1])));
        }

        return Zoo.Finish(this, nn.Sequential(layers), [context.Signature.InputSize], context, random);
    }

    /// <inheritdoc/>
    public bool Equals(Mlp? other) => other is not null && Hidden.SequenceEqual(other.Hidden);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}
