using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// AlexNet in torchvision's form (Krizhevsky 2014). Small images get a 3×3 stem of stride 1, poolings that keep the border
/// (28 to 14, 7 and 4), and 2×2 instead of 6×6 places before the linear layers, which would see each place several times.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16.</param>
public sealed record AlexNet(int Width = 1) : ImageNetwork(Width, Depth: 1)
{
    /// <inheritdoc/>
    protected override string Name => "alexnet";

    /// <inheritdoc/>
    internal override nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages)
    {
        var places = smallImages ? 2 : 6;
        var features = nn.Sequential(
            ("0", smallImages ? nn.Conv2d(channels, Wide(64), 3, padding: 1) : nn.Conv2d(channels, Wide(64), 11, stride: 4, padding: 2)),
            ("1", nn.ReLU()),
            ("2", Pool()),
            ("3", nn.Conv2d(Wide(64), Wide(192), 5, padding: 2)),
            ("4", nn.ReLU()),
            ("5", Pool()),
            ("6", nn.Conv2d(Wide(192), Wide(384), 3, padding: 1)),
            ("7", nn.ReLU()),
            ("8", nn.Conv2d(Wide(384), Wide(256), 3, padding: 1)),
            ("9", nn.ReLU()),
            ("10", nn.Conv2d(Wide(256), Wide(256), 3, padding: 1)),
            ("11", nn.ReLU()),
            ("12", Pool()));
        return nn.Sequential(
            ("features", features),
            ("avgpool", nn.AdaptiveAvgPool2d([places, places])),
            ("flatten", nn.Flatten()),
            ("classifier", nn.Sequential(
                ("0", nn.Dropout(0.5)),
                ("1", nn.Linear(Wide(256) * places * places, Wide(4096))),
                ("2", nn.ReLU()),
                ("3", nn.Dropout(0.5)),
                ("4", nn.Linear(Wide(4096), Wide(4096))),
                ("5", nn.ReLU()),
                ("6", nn.Linear(Wide(4096), outputs)))));

        nn.Module<Tensor, Tensor> Pool() => nn.MaxPool2d(3, stride: 2, padding: smallImages ? 1 : 0);
    }

    /// <inheritdoc/>
    internal override long Numbers(bool smallImages) => (smallImages ? 24_000_000 : 61_200_000) / (Width * Width);
}
