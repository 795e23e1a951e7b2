using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// Lays out the kernels of convolutions with the channels last, [filters, height, width, channels]: torch then computes in
/// that layout, in which the processor's vectors are full of channels and nothing has to be laid out anew.
/// </summary>
internal static class ChannelsLast
{
    // With fewer channels a vector is not full, and the other layout is as fast or faster: docs/speed.md.
    private const long FewestChannels = 32;

    /// <summary>
    /// Changes how a network's kernels lie in memory, not what they are; where that is slower, nothing. Nor in a TorchScript model:
    /// its code may view activations in a way that only the usual layout allows.
    /// </summary>
    public static void Apply(Network network)
    {
        if (network.Module is jit.ScriptModule)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor[] kernels = [.. network.Parameters.Select(parameter => parameter.Tensor).Where(tensor => tensor.dim() == 4 && tensor.dtype == ScalarType.Float32)];
        if (kernels.Length == 0 || kernels[0].device_type != DeviceType.CPU || kernels.Max(kernel => kernel.shape[1]) < FewestChannels)
        {
            return;
        }

        foreach (var kernel in kernels)
        {
            kernel.set_(kernel.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        }
    }
}
