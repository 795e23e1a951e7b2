using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// A published convolutional network with torchvision's parameter names, so that weights are exchanged by name. Images below
/// 64×64 get a stem that does not shrink them; larger ones the published network. Any channel count, any size from 8×8.
/// </summary>
/// <param name="Width">What the number of filters of each layer is divided by, 1 (as published) to 16; at least one is left.</param>
/// <param name="Depth">What the number of layers or blocks of each stage is divided by, 1 (as published) to 4, rounded up.</param>
public abstract partial record ImageNetwork(int Width, int Depth) : Architecture
{
    // Smaller images would be nothing after the published stems.
    private const int SmallestOfPublishedStem = 64;

    /// <summary>The published name, and what it is divided by: <c>vgg-16</c>, <c>vgg-16-w4-d2</c>.</summary>
    [JsonIgnore]
    public override string Id => Name + (Width > 1 ? $"-w{Width}" : "") + (Depth > 1 ? $"-d{Depth}" : "");

    /// <summary>The published name in the zoo's spelling.</summary>
    protected abstract string Name { get; }

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => context.ImageShape is [_, >= 8, >= 8];

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var image = context.ImageShape!;
        return Zoo.Finish(this, Body(image[0], context.Signature.OutputWidth, IsSmall(image)), image, context, random);
    }

    /// <summary>The bare network: [N, channels, H, W] to [N, outputs].</summary>
    internal abstract nn.Module<Tensor, Tensor> Body(int channels, int outputs, bool smallImages);

    /// <summary>About how many numbers the weights are.</summary>
    internal abstract long Numbers(bool smallImages);

    /// <summary>About how many numbers a training step keeps of each pixel of an image, where it is more than usual; else 0.</summary>
    internal virtual long KeptPerPixel(bool smallImages) => 0;

    /// <summary>Whether images [C, H, W] get the stem that does not shrink them.</summary>
    internal static bool IsSmall(int[] image) => Math.Min(image[1], image[2]) < SmallestOfPublishedStem;

    /// <summary>Reads an <see cref="Id"/>; null where it is none of an image network.</summary>
    internal static ImageNetwork? TryParse(string id)
    {
        var match = Ids().Match(id);
        if (!match.Success)
        {
            return null;
        }

        var (width, depth) = (Divisor("width"), Divisor("depth"));
        ImageNetwork network = match.Groups["name"].Value switch
        {
            "resnet-18" => new ResNet18(width, depth),
            "squeezenet-1.0" => new SqueezeNet(width, depth),
            "densenet-161" => new DenseNet161(width, depth),
            "alexnet" => new AlexNet(width) { Depth = depth },
            _ => new Vgg16(width, depth),
        };

        // One network has one name: not vgg-16-w1, nor alexnet-d2, whose five convolutions are one each.
        return network.Id == id && width <= 16 && depth <= (network is AlexNet ? 1 : network is ResNet18 ? 2 : 4) ? network : null;

        int Divisor(string of) => match.Groups[of] is { Success: true } digits ? int.Parse(digits.ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 1;
    }

    /// <summary>A published number of filters, scaled.</summary>
    protected int Wide(int filters) => Math.Max(1, filters / Width);

    /// <summary>A published number of layers or blocks, scaled.</summary>
    protected int Deep(int layers) => (layers + Depth - 1) / Depth;

    [GeneratedRegex("^(?<name>resnet-18|squeezenet-1\\.0|densenet-161|alexnet|vgg-16)(-w(?<width>[0-9]{1,2}))?(-d(?<depth>[0-9]))?$")]
    private static partial Regex Ids();
}
