using Utaf.Models.Folding;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// DenseNet-161 (Huang et al. 2017): 48 channels more with each layer, batch norm before convolution. Small images get a 3×3
/// stem of stride 1 without pooling, as the authors used on CIFAR.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16.</param>
/// <param name="Depth">What the number of layers of each stage is divided by, 1 (as published) to 4, rounded up.</param>
public sealed record DenseNet161(int Width = 1, int Depth = 1) : ImageNetwork(Width, Depth)
{
    private const int Growth = 48;
    private const int Bottleneck = 4;
    private static readonly int[] Blocks = [6, 12, 36, 24];

    /// <inheritdoc/>
    protected override string Name => "densenet-161";

    /// <inheritdoc/>
    internal override nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages)
    {
        var (growth, width) = (Wide(Growth), 2 * Wide(Growth));
        var features = new List<(string, nn.Module<Tensor, Tensor>)>
        {
            ("conv0", smallImages ? nn.Conv2d(channels, width, 3, padding: 1, bias: false) : nn.Conv2d(channels, width, 7, stride: 2, padding: 3, bias: false)),
            ("norm0", nn.BatchNorm2d(width)),
            ("relu0", nn.ReLU()),
        };
        if (!smallImages)
        {
            features.Add(("pool0", nn.MaxPool2d(3, stride: 2, padding: 1)));
        }

        for (var block = 1; block <= Blocks.Length; block++)
        {
            var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
            for (var layer = 1; layer <= Deep(Blocks[block - 1]); layer++)
            {
                layers.Add(($"denselayer{layer}", new DenseLayer(width, growth)));
                width += growth;
            }

            features.Add(($"denseblock{block}", nn.Sequential(layers)));
            if (block < Blocks.Length)
            {
                features.Add(($"transition{block}", nn.Sequential(
                    ("norm", nn.BatchNorm2d(width)),
                    ("relu", nn.ReLU()),
                    ("conv", nn.Conv2d(width, width / 2, 1, bias: false)),
                    ("pool", nn.AvgPool2d(2, stride: 2)))));
                width /= 2;
            }
        }

        features.Add(("norm5", nn.BatchNorm2d(width)));
        return nn.Sequential(
            ("features", nn.Sequential(features)),
            ("relu", nn.ReLU()),
            ("avgpool", nn.AdaptiveAvgPool2d([1, 1])),
            ("flatten", nn.Flatten()),
            ("classifier", nn.Linear(width, outputs)));
    }

    /// <inheritdoc/>
    internal override long Numbers(bool smallImages) => 28_700_000 / (Width * Width);

    // Each layer keeps all channels before it three times over: side by side, normalised, and after ReLU.
    internal override long KeptPerPixel(bool smallImages) => (smallImages ? 25_000 : 1_600) / Width;

    /// <summary>The input, and beside it what the layer makes of it.</summary>
    private sealed class DenseLayer : nn.Module<Tensor, Tensor>, IConcatenation
    {
        private readonly nn.Module<Tensor, Tensor> norm1;
        private readonly nn.Module<Tensor, Tensor> conv1;
        private readonly nn.Module<Tensor, Tensor> norm2;
        private readonly nn.Module<Tensor, Tensor> conv2;

        public DenseLayer(int channels, int growth)
            : base(nameof(DenseLayer))
        {
            norm1 = nn.BatchNorm2d(channels);
            conv1 = nn.Conv2d(channels, Bottleneck * growth, 1, bias: false);
            norm2 = nn.BatchNorm2d(Bottleneck * growth);
            conv2 = nn.Conv2d(Bottleneck * growth, growth, 3, padding: 1, bias: false);
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module> Entry => [];

        public IReadOnlyList<IReadOnlyList<nn.Module>> Branches => [[], [norm1, nn.ReLU(), conv1, norm2, nn.ReLU(), conv2]];

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var inner = conv1.forward(norm1.forward(input).relu_());
            var grown = conv2.forward(norm2.forward(inner).relu_());
            return cat([input, grown], 1).MoveToOuterDisposeScope();
        }
    }
}
