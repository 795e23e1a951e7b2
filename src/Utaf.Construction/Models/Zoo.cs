using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>The architectures that students and independent models have by default.</summary>
public static class Zoo
{
    /// <summary>From small to large, those that fit the task's inputs. ResNet-18 joins for images when the target is of its class.</summary>
    public static IReadOnlyList<Architecture> For(ArchitectureContext context)
    {
        if (context.Generates)
        {
            Architecture[] generators = [new FcGan(2), new FcGan(4), new Dcgan(16), new Dcgan(32)];
            Architecture[] connected = [new FcGan(1), new FcGan(2), new FcGan(4)];
            return Dcgan.Makes(context.SampleShape) ? generators : connected;
        }

        Architecture[] perceptrons = [new Mlp([100]), new Mlp([100, 100]), new Mlp([100, 100, 100])];
        Architecture weak = new Mlp([10]);
        Architecture[] convolutional = [new SmallConvNet([16, 32]), new SmallConvNet([16, 32, 64])];
        Architecture[] all = context.ImageShape is null
            ? perceptrons
            : context.Target.ParameterCount >= LargeTarget
                ? [.. convolutional, perceptrons[1], new ResNet18()]
                : [.. convolutional, .. perceptrons[..2], weak];
        return [.. all.Where(architecture => architecture.Accepts(context))];
    }

    /// <summary>Reads names such as <c>mlp-100-100</c>, <c>convnet-16-32</c> or <c>vgg-16-w4</c>.</summary>
    /// <exception cref="UtafException">UTAF1001: no architecture at all, or one that there is not, or that does not fit the inputs.</exception>
    public static IReadOnlyList<Architecture> Parse(string names, ArchitectureContext context)
    {
        // Members are named after their architectures: one that is given twice counts once.
        return [.. names.Split(',', StringSplitOptions.TrimEntries).Select(Parse).Distinct()];

        Architecture Parse(string name)
        {
            var parts = name.Split('-');
            int[] sizes = [.. parts.Skip(1).Select(part => int.TryParse(part, out var size) ? size : 0)];
            var sound = sizes.Length is >= 1 and <= 3 && sizes.All(size => size is >= 1 and <= 65536);
            Architecture? architecture = parts[0] switch
            {
                "target" => new TargetArchitecture(),
                "mlp" when sound => new Mlp(sizes),
                "convnet" when sound => new SmallConvNet(sizes),
                "dcgan" when sound && sizes.Length == 1 => new Dcgan(sizes[0]),
                "fcgan" when sound && sizes.Length == 1 => new FcGan(sizes[0]),
                _ => ImageNetwork.TryParse(name),
            };
            return architecture is not null && architecture.Accepts(context)
                ? architecture
                : throw Errors.BadOption("--architectures", name, "a list of target, mlp-W[-W[-W]], and for images of 8×8 at least (--image-shape) convnet-C-C[-C], resnet-18, squeezenet-1.0, densenet-161, alexnet and vgg-16, these also with filters divided by 2 to 16, such as vgg-16-w4, and all but alexnet with layers divided by 2 (up to 4, but for resnet-18), such as vgg-16-w4-d2; for generators also fcgan-K, and dcgan-W for square images whose side is a multiple of 4, from 8 to 128");
        }
    }

    /// <summary>Whether one of the architectures has the target's shapes, parameter by parameter.</summary>
    internal static bool Contains(IEnumerable<Architecture> architectures, ArchitectureContext context)
    {
        var wanted = Shapes(context.Target.Network);
        return architectures.Any(architecture =>
        {
            using var network = architecture.Build(context, new SeededRandom(0, "shapes"));
            return Shapes(network).SequenceEqual(wanted);
        });

        static List<string> Shapes(Network network) => [.. network.Parameters.Select(parameter => string.Join('x', parameter.Tensor.shape))];
    }

    // Between a convolutional network of some layers and ResNet-18's 11 million parameters.
    private const long LargeTarget = 2_000_000;

    /// <summary>The last steps that all of the zoo share: built-in scale, own random numbers, the task's output form.</summary>
    internal static Network Finish(Architecture architecture, nn.Module<Tensor, Tensor> body, int[] viewShape, ArchitectureContext context, SeededRandom random)
    {
        var form = context.Target.Form == OutputForm.Raw ? OutputForm.Raw : OutputForm.Logits;
        var network = new Network(architecture, new ScaledModule(body, viewShape, context.Scaling), form);
        Initialisation.ResetAll(network, random);
        return network;
    }
}
