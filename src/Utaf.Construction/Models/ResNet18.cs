using Utaf.Models.Folding;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// ResNet-18 (He et al. 2016) with torchvision's names. Images below 64×64 get the 3×3 stem without pooling that the
/// authors used on CIFAR; larger ones the 7×7 stem. Any channel count, any size from 8×8.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16.</param>
/// <param name="Depth">What the number of layers of each stage is divided by, 1 (as published) to 2, rounded up.</param>
public sealed record ResNet18(int Width = 1, int Depth = 1) : ImageNetwork(Width, Depth)
{
    /// <inheritdoc/>
    protected override string Name => "resnet-18";

    /// <summary>The bare published network: [N, C, H, W] to [N, classes].</summary>
    internal static nn.Module<Tensor, Tensor> Module(int channels, int outputs, bool smallImages) => new ResNet18().Body(channels, outputs, smallImages);

    /// <inheritdoc/>
    internal override long Numbers(bool smallImages) => 11_200_000 / (Width * Width);

    /// <inheritdoc/>
    internal override nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages)
    {
        var width = Wide(64);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>
        {
            ("conv1", smallImages ? nn.Conv2d(channels, width, 3, padding: 1, bias: false) : nn.Conv2d(channels, width, 7, stride: 2, padding: 3, bias: false)),
            ("bn1", nn.BatchNorm2d(width)),
            ("relu", nn.ReLU()),
        };
        if (!smallImages)
        {
            layers.Add(("maxpool", nn.MaxPool2d(3, stride: 2, padding: 1)));
        }

        for (var stage = 1; stage <= 4; stage++)
        {
            var next = Wide(64 << (stage - 1));
            var blocks = new List<(string, nn.Module<Tensor, Tensor>)> { ("0", new BasicBlock(width, next, stage == 1 ? 1 : 2)) };
            if (Deep(2) == 2)
            {
                blocks.Add(("1", new BasicBlock(next, next, 1)));
            }

            layers.Add(($"layer{stage}", nn.Sequential(blocks)));
            width = next;
        }

        layers.Add(("avgpool", nn.AdaptiveAvgPool2d([1, 1])));
        layers.Add(("flatten", nn.Flatten()));
        layers.Add(("fc", nn.Linear(width, outputs)));
        return nn.Sequential(layers);
    }

    private sealed class BasicBlock : nn.Module<Tensor, Tensor>, IResidualBlock
    {
        private readonly nn.Module<Tensor, Tensor> conv1;
        private readonly nn.Module<Tensor, Tensor> bn1;
        private readonly nn.Module<Tensor, Tensor> conv2;
        private readonly nn.Module<Tensor, Tensor> bn2;
        private readonly nn.Module<Tensor, Tensor>? downsample;

        public BasicBlock(int channels, int width, int stride)
            : base(nameof(BasicBlock))
        {
            conv1 = nn.Conv2d(channels, width, 3, stride: stride, padding: 1, bias: false);
            bn1 = nn.BatchNorm2d(width);
            conv2 = nn.Conv2d(width, width, 3, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(width);
            downsample = stride == 1 && channels == width
                ? null
                : nn.Sequential(("0", nn.Conv2d(channels, width, 1, stride: stride, bias: false)), ("1", nn.BatchNorm2d(width)));
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module> Body => [conv1, bn1, nn.ReLU(), conv2, bn2];

        public IReadOnlyList<nn.Module> Shortcut => downsample is null ? [] : [.. downsample.children()];

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var inner = nn.functional.relu(bn1.forward(conv1.forward(input)));
            var residual = bn2.forward(conv2.forward(inner));
            var shortcut = downsample?.forward(input) ?? input;
            return nn.functional.relu(residual + shortcut).MoveToOuterDisposeScope();
        }
    }
}
