using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>Tells real samples from generated ones: the other half of a GAN, with which generators are trained.</summary>
public sealed class Discriminator : IDisposable
{
    private const int DefaultWidth = 32;
    private const int DefaultK = 2;
    private const double Smallest = 1e-6;

    private readonly long[] shape;
    private readonly bool probabilities;

    private Discriminator(Network network, long[] shape, bool probabilities) => (Network, this.shape, this.probabilities) = (network, shape, probabilities);

    /// <summary>The network, of which everything is learned.</summary>
    public Network Network { get; }

    /// <summary>A fresh one for a generator: of Table A1 for the convolutional, of Table A3 for others.</summary>
    /// <param name="generator">Whose samples it is to tell; its size is the generator's.</param>
    /// <param name="sampleShape">[C, H, W] when samples are images; null otherwise.</param>
    /// <param name="sampleSize">Numbers per sample.</param>
    /// <param name="random">Its weights.</param>
    public static Discriminator For(Network generator, int[]? sampleShape, int sampleSize, SeededRandom random)
    {
        var convolutional = Dcgan.Makes(sampleShape) && generator.Parameters.Any(parameter => parameter.Tensor.dim() == 4);
        var module = convolutional
            ? Dcgan.Discriminator(generator.Architecture is Dcgan { Width: var width } ? width : DefaultWidth, sampleShape!)
            : FcGan.Discriminator(sampleSize, generator.Architecture is FcGan { K: var k } ? k : DefaultK);
        var network = new Network(generator.Architecture, module, OutputForm.Logits);
        Initialisation.ResetAll(network, random);
        return new(network, convolutional ? [-1, .. sampleShape!.Select(size => (long)size)] : [-1, sampleSize], probabilities: false);
    }

    /// <summary>The one that the target was trained with, from a TorchScript file.</summary>
    /// <param name="file">Takes samples [N, C, H, W] or [N, size]; returns one number per sample: a probability or log-odds, which are told apart.</param>
    /// <param name="samples">Some real samples, [n, size].</param>
    /// <param name="sampleShape">[C, H, W] when samples are images.</param>
    /// <exception cref="UtafException">UTAF1110: it does not take such samples, does not give one finite number for each, or has nothing to learn.</exception>
    public static Discriminator Open(TorchScriptFile file, Tensor samples, int[]? sampleShape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var module = file.Load();
        try
        {
            if (!module.parameters().Any())
            {
                throw Errors.BadDiscriminator(file.Path, "weights to learn", "none: torch.jit.freeze turns them into constants");
            }

            var size = samples.shape[1];
            long[] flat = [-1, size];
            long[][] shapes = sampleShape is null ? [flat] : [[-1, .. sampleShape.Select(length => (long)length)], flat];
            UtafException? refused = null;
            foreach (var shape in shapes)
            {
                Tensor outputs;
                try
                {
                    outputs = file.Run(module, samples.view(shape), found => Errors.BadDiscriminator(file.Path, $"a model that takes samples [N, {string.Join(", ", shape[1..])}]", found)).flatten(1);
                }
                catch (UtafException e)
                {
                    refused ??= e;
                    continue;
                }

                if (outputs.shape[1] != 1 || !outputs.isfinite().all().ToBoolean())
                {
                    throw Errors.BadDiscriminator(file.Path, "one finite number per sample", outputs.shape[1] == 1 ? "NaN or infinity" : $"{outputs.shape[1]} numbers");
                }

                var probabilities = IsWithin(outputs) && GivesProbabilities(file, samples.view(shape));
                return new(new(new TargetArchitecture(), module, probabilities ? OutputForm.Probabilities : OutputForm.Logits, lastLayer: null), shape, probabilities);
            }

            throw refused is { Diagnostic.Code: "UTAF1110" } ? refused : Errors.BadDiscriminator(file.Path, "one tensor [N, 1] for samples [N, …]", refused!.Diagnostic.Message);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether outputs stay in [0, 1] whatever the weights: what ends in a sigmoid or the like does, and log-odds that lie there
    /// because the discriminator is hardly trained leave it.
    /// </summary>
    private static bool GivesProbabilities(TorchScriptFile file, Tensor samples)
    {
        // −1 alone turns most; where a deep one overflows at 10, NaN says nothing and −1 has said it.
        return ((double[])[-1, 10, -10]).All(factor =>
        {
            using var scope = NewDisposeScope();
            using var altered = file.Load();
            foreach (var parameter in altered.parameters())
            {
                parameter.mul_(factor);
            }

            return IsWithin(altered.forward(samples));
        });
    }

    private static bool IsWithin(Tensor outputs) => !outputs.lt(0).logical_or(outputs.gt(1)).any().ToBoolean();

    /// <summary>The log-odds that samples are real, [N].</summary>
    /// <param name="samples">[N, size].</param>
    public Tensor LogOdds(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var outputs = Network.Forward(samples.view(shape)).flatten();
        return (probabilities ? outputs.clamp(Smallest, 1 - Smallest).logit() : outputs).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
