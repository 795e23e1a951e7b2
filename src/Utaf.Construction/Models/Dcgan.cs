using System.Text.Json.Serialization;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// The generator of a DCGAN (Radford et al. 2016) as in the paper's Table A1, whose width is 32 and whose images are 28×28:
/// four transposed convolutions, batch norm and ReLU between them, Tanh at the end.
/// </summary>
/// <param name="Width">Channels before the last layer, at least 1; the layers before have two and four times as many.</param>
public sealed record Dcgan(int Width) : Architecture
{
    private const int Smallest = 8;
    private const int Largest = 128;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"dcgan-{Width}";

    /// <summary>Square images whose side is a multiple of 4, from 8×8 to 128×128: the last two layers double it.</summary>
    public override bool Accepts(ArchitectureContext context) => Makes(context.SampleShape);

    /// <summary>Whether samples of a shape can be made: [C, H, H].</summary>
    public static bool Makes(int[]? sampleShape) =>
        sampleShape is [_, var height, var width] && height == width && height % 4 == 0 && height is >= Smallest and <= Largest;

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var latent = context.Signature.InputSize;
        var body = nn.Sequential(("main", Generator(latent, Width, context.SampleShape!)), ("flatten", nn.Flatten()));
        return Zoo.Finish(this, body, [latent, 1, 1], context, random);
    }

    /// <summary>The bare generator: [N, latent, 1, 1] to [N, C, H, H], in [−1, 1].</summary>
    internal static nn.Module<Tensor, Tensor> Generator(int latent, int width, int[] sampleShape)
    {
        var (first, kernel) = Kernels(sampleShape);
        return nn.Sequential(
            ("0", nn.ConvTranspose2d(latent, 4 * width, first, bias: false)),
            ("1", nn.BatchNorm2d(4 * width)),
            ("2", nn.ReLU()),
            ("3", nn.ConvTranspose2d(4 * width, 2 * width, kernel, stride: 2, padding: 1, bias: false)),
            ("4", nn.BatchNorm2d(2 * width)),
            ("5", nn.ReLU()),
            ("6", nn.ConvTranspose2d(2 * width, width, 4, stride: 2, padding: 1, bias: false)),
            ("7", nn.BatchNorm2d(width)),
            ("8", nn.ReLU()),
            ("9", nn.ConvTranspose2d(width, sampleShape[0], 4, stride: 2, padding: 1, bias: false)),
            ("10", nn.Tanh()));
    }

    /// <summary>The bare discriminator without its Sigmoid: [N, C, H, H] to log-odds [N, 1, 1, 1].</summary>
    /// <remarks>The losses are of log-odds, whose gradient does not vanish where the discriminator is sure.</remarks>
    internal static nn.Module<Tensor, Tensor> Discriminator(int width, int[] sampleShape)
    {
        var (last, kernel) = Kernels(sampleShape);
        return nn.Sequential(
            ("0", nn.Conv2d(sampleShape[0], width, 4, stride: 2, padding: 1, bias: false)),
            ("1", nn.LeakyReLU(0.2)),
            ("2", nn.Conv2d(width, 2 * width, 4, stride: 2, padding: 1, bias: false)),
            ("3", nn.BatchNorm2d(2 * width)),
            ("4", nn.LeakyReLU(0.2)),
            ("5", nn.Conv2d(2 * width, 4 * width, kernel, stride: 2, padding: 1, bias: false)),
            ("6", nn.BatchNorm2d(4 * width)),
            ("7", nn.LeakyReLU(0.2)),
            ("8", nn.Conv2d(4 * width, 1, last, bias: false)));
    }

    /// <summary>
    /// The kernels at the small end: the first layer makes all of the smallest image, the second doubles it, or doubles it less
    /// one where a quarter of the side is odd, as 7 is of 28.
    /// </summary>
    private static (int First, int Second) Kernels(int[] sampleShape)
    {
        var quarter = sampleShape[1] / 4;
        return ((quarter + 1) / 2, quarter % 2 == 0 ? 4 : 3);
    }
}
