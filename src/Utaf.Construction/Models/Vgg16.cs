using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// VGG-16 without batch norm (Simonyan and Zisserman 2015). For small images the poolings round up (28 to 14, 7, 4, 2 and 1),
/// and one place instead of 7×7 goes to the linear layers, which would see it 49 times.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16.</param>
/// <param name="Depth">What the number of layers of each stage is divided by, 1 (as published) to 4, rounded up.</param>
public sealed record Vgg16(int Width = 1, int Depth = 1) : ImageNetwork(Width, Depth)
{
    private static readonly (int Filters, int Layers)[] Stages = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];

    /// <inheritdoc/>
    protected override string Name => "vgg-16";

    /// <inheritdoc/>
    internal override nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages)
    {
        var features = new List<(string, nn.Module<Tensor, Tensor>)>();
        var width = channels;
        foreach (var (filters, layers) in Stages)
        {
            for (var layer = 0; layer < Deep(layers); layer++)
            {
                features.Add(($"{features.Count}", nn.Conv2d(width, Wide(filters), 3, padding: 1)));
                features.Add(($"{features.Count}", nn.ReLU()));
                width = Wide(filters);
            }

            features.Add(($"{features.Count}", nn.MaxPool2d(2, stride: 2, ceil_mode: smallImages)));
        }

        var places = smallImages ? 1 : 7;
        return nn.Sequential(
            ("features", nn.Sequential(features)),
            ("avgpool", nn.AdaptiveAvgPool2d([places, places])),
            ("flatten", nn.Flatten()),
            ("classifier", nn.Sequential(
                ("0", nn.Linear(width * places * places, Wide(4096))),
                ("1", nn.ReLU()),
                ("2", nn.Dropout(0.5)),
                ("3", nn.Linear(Wide(4096), Wide(4096))),
                ("4", nn.ReLU()),
                ("5", nn.Dropout(0.5)),
                ("6", nn.Linear(Wide(4096), outputs)))));
    }

    /// <inheritdoc/>
    internal override long Numbers(bool smallImages) => (smallImages ? 38_000_000 : 138_400_000) / (Width * Width);
}
