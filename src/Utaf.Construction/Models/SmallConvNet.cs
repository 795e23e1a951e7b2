using System.Text.Json.Serialization;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>Two or three 3×3 convolutions, each with batch norm, ReLU and 2×2 pooling, then global pooling and a linear layer.</summary>
/// <param name="Channels">Filters of each convolution: two for the small network, three for the larger.</param>
public sealed record SmallConvNet(int[] Channels) : Architecture
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"convnet-{string.Join('-', Channels)}";

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => context.ImageShape is [_, >= 8, >= 8];

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var image = context.ImageShape!;
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        var channels = image[0];
        for (var i = 0; i < Channels.Length; i++)
        {
            layers.Add(($"conv{i + 1}", nn.Conv2d(channels, Channels[i], 3, padding: 1, bias: false)));
            layers.Add(($"bn{i + 1}", nn.BatchNorm2d(Channels[i])));
            layers.Add(($"relu{i + 1}", nn.ReLU()));
            if (i + 1 < Channels.Length)
            {
                layers.Add(($"pool{i + 1}", nn.MaxPool2d(2)));
            }

            channels = Channels[i];
        }

        layers.Add(("pool", nn.AdaptiveAvgPool2d([2, 2])));
        layers.Add(("flatten", nn.Flatten()));
        layers.Add(("fc", nn.Linear(channels * 4, context.Signature.OutputWidth)));
        return Zoo.Finish(this, nn.Sequential(layers), image, context, random);
    }

    /// <inheritdoc/>
    public bool Equals(SmallConvNet? other) => other is not null && Channels.SequenceEqual(other.Channels);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}
