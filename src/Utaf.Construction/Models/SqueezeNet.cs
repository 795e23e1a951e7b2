using Utaf.Models.Folding;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// SqueezeNet 1.0 (Iandola et al. 2016). Small images get a 3×3 stem of stride 1 without the first pooling. Its last layer is
/// the 1×1 convolution <c>classifier.1</c>, whose ReLU comes before the mean over the image: outputs are not negative. Scores of
/// several classes are none the worse for it; where there are other outputs, or one score alone, the ReLU is left out, for a
/// quantity below 0 could not be answered.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16.</param>
/// <param name="Depth">What the number of layers of each stage is divided by, 1 (as published) to 4, rounded up.</param>
public sealed record SqueezeNet(int Width = 1, int Depth = 1) : ImageNetwork(Width, Depth)
{
    // Squeezing filters and the expanding ones of each size, stage by stage; pooling after the first and the second.
    private static readonly (int Squeeze, int Expand)[][] Stages =
    [
        [(16, 64), (16, 64), (32, 128)],
        [(32, 128), (48, 192), (48, 192), (64, 256)],
        [(64, 256)],
    ];

    /// <inheritdoc/>
    protected override string Name => "squeezenet-1.0";

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var (image, outputs) = (context.ImageShape!, context.Signature.OutputWidth);
        return Zoo.Finish(this, Body(image[0], outputs, IsSmall(image), scoresClasses: outputs > 1 && context.Target.Form != OutputForm.Raw), image, context, random);
    }

    /// <inheritdoc/>
    internal override nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages) => Body(channels, outputs, smallImages, scoresClasses: true);

    private nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages, bool scoresClasses)
    {
        var features = new List<(string, nn.Module<Tensor, Tensor>)>
        {
            ("0", smallImages ? nn.Conv2d(channels, Wide(96), 3, padding: 1) : nn.Conv2d(channels, Wide(96), 7, stride: 2)),
            ("1", nn.ReLU()),
        };
        if (!smallImages)
        {
            features.Add(("2", Pool()));
        }

        // The numbers go on as if there were a pooling layer, and names stay torchvision's.
        var place = 3;
        var width = Wide(96);
        foreach (var stage in Stages)
        {
            // A shallower stage keeps its widest blocks.
            foreach (var (squeeze, expand) in stage[^Deep(stage.Length)..])
            {
                features.Add(($"{place++}", new Fire(width, Wide(squeeze), Wide(expand))));
                width = 2 * Wide(expand);
            }

            if (stage != Stages[^1])
            {
                features.Add(($"{place++}", Pool()));
            }
        }

        var classifier = new List<(string, nn.Module<Tensor, Tensor>)> { ("0", nn.Dropout(0.5)), ("1", nn.Conv2d(width, outputs, 1)) };
        if (scoresClasses)
        {
            classifier.Add(("2", nn.ReLU()));
        }

        classifier.Add(("3", nn.AdaptiveAvgPool2d([1, 1])));
        return nn.Sequential(("features", nn.Sequential(features)), ("classifier", nn.Sequential(classifier)), ("flatten", nn.Flatten()));
    }

    /// <inheritdoc/>
    internal override long Numbers(bool smallImages) => 1_250_000 / (Width * Width);

    private static nn.Module<Tensor, Tensor> Pool() => nn.MaxPool2d(3, stride: 2, ceil_mode: true);

    /// <summary>A few 1×1 filters, and side by side on their results 1×1 and 3×3 ones.</summary>
    private sealed class Fire : nn.Module<Tensor, Tensor>, IConcatenation
    {
        private readonly nn.Module<Tensor, Tensor> squeeze;
        private readonly nn.Module<Tensor, Tensor> expand1x1;
        private readonly nn.Module<Tensor, Tensor> expand3x3;

        public Fire(int channels, int squeezed, int expanded)
            : base(nameof(Fire))
        {
            squeeze = nn.Conv2d(channels, squeezed, 1);
            expand1x1 = nn.Conv2d(squeezed, expanded, 1);
            expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding: 1);
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module> Entry => [squeeze, nn.ReLU()];

        public IReadOnlyList<IReadOnlyList<nn.Module>> Branches => [[expand1x1, nn.ReLU()], [expand3x3, nn.ReLU()]];

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var squeezed = squeeze.forward(input).relu();
            return cat([expand1x1.forward(squeezed).relu(), expand3x3.forward(squeezed).relu()], 1).MoveToOuterDisposeScope();
        }
    }
}
