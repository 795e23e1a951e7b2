using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// A network whose layers are known, into which the weights of networks of one architecture are poured to fold them. A
/// TorchScript model's layers are not known; one that has the names, shapes and answers of a network of the zoo is taken for it.
/// </summary>
internal sealed class Mould : IDisposable
{
    private const double Rounding = 1e-4;

    private Mould(Network network) => Network = network;

    /// <summary>The network; its weights are whichever were poured last.</summary>
    public Network Network { get; }

    /// <summary>The mould of an architecture; null where its layers are not known.</summary>
    /// <param name="architecture">Any.</param>
    /// <param name="context">How architectures are made for this task.</param>
    /// <param name="probe">Inputs to try networks on, [n, input…].</param>
    public static Mould? Of(Architecture architecture, ArchitectureContext context, Tensor probe)
    {
        var network = architecture is TargetArchitecture ? Twin(context, probe) ?? context.Target.Copy() : architecture.Build(context, new SeededRandom(0, "mould"));
        network.To(probe.device).Freeze();
        using var folded = Folding.TryFold(network, probe);
        if (folded is not null)
        {
            return new(network);
        }

        network.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    /// <summary>A network of the zoo's layers that is the target; null where there is none.</summary>
    private static Network? Twin(ArchitectureContext context, Tensor probe)
    {
        var target = context.Target.Network;
        if (target.Module is not jit.ScriptModule || context.Signature.InputShape is not { Length: 3 } image)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = context.Target.Network.To(probe.device).Forward(probe).flatten(1);
        foreach (var smallImages in (bool[])[true, false])
        {
            var twin = new Network(new TargetArchitecture(), ResNet18.Module(image[0], context.Signature.OutputWidth, smallImages), target.Form);
            if (Shapes(twin).SetEquals(Shapes(target)))
            {
                twin.Import(target.Export());
                if ((twin.To(probe.device).Forward(probe) - expected).abs().max().ToDouble() <= Rounding * (1 + expected.abs().max().ToDouble()))
                {
                    return twin;
                }
            }

            twin.Dispose();
        }

        return null;
    }

    private static HashSet<string> Shapes(Network network) =>
        [.. network.Parameters.Concat(network.Buffers).Select(named => $"{named.Name} {named.Tensor.dtype} {string.Join('x', named.Tensor.shape)}")];
}
