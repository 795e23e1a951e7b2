using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>Which kinds of convolution a model has.</summary>
[Flags]
public enum ConvolutionKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Kernels are [out, in, …].</summary>
    Plain = 1,

    /// <summary>Kernels are [in, out, …].</summary>
    Transposed = 2,
}

/// <summary>Finds the kernels of transposed convolutions, whose filters lie along the second axis.</summary>
internal static class TransposedKernels
{
    /// <summary>The parameters, each with its output axis.</summary>
    /// <param name="parameters">In the order in which the model registers them.</param>
    /// <param name="module">The model: the zoo's layers are known.</param>
    /// <param name="kinds">For TorchScript, whose layers are not: what its code calls.</param>
    public static IReadOnlyList<NamedTensor> Mark(IReadOnlyList<NamedTensor> parameters, nn.Module module, ConvolutionKinds kinds)
    {
        if (module is not jit.ScriptModule)
        {
            var known = module.named_modules().Where(named => named.module is ConvTranspose1d or ConvTranspose2d or ConvTranspose3d).Select(named => named.name).ToHashSet();
            return [.. parameters.Select(parameter => Marked(parameter, parameter.IsWeight && known.Contains(parameter.Layer)))];
        }

        if (!kinds.HasFlag(ConvolutionKinds.Transposed))
        {
            return parameters;
        }

        var marked = new List<NamedTensor>();
        long? channels = null;
        for (var i = 0; i < parameters.Count; i++)
        {
            var transposed = parameters[i].Tensor.dim() >= 3 && (!kinds.HasFlag(ConvolutionKinds.Plain) || FitsTransposed(i));
            marked.Add(Marked(parameters[i], transposed));
            channels = parameters[i].Tensor.dim() >= 3 ? parameters[i].Tensor.shape[marked[i].OutputAxis] : channels;
        }

        return marked;

        // In a model with both kinds, the bias or the norm that comes next tells by its length, or else what came before does.
        bool FitsTransposed(int i)
        {
            var (first, second) = (parameters[i].Tensor.shape[0], parameters[i].Tensor.shape[1]);
            var next = i + 1 < parameters.Count && parameters[i + 1].Tensor.dim() == 1 ? parameters[i + 1].Tensor.shape[0] : (long?)null;
            if (first == second)
            {
                // Nothing can be told of it; it is what the kernels before it were.
                return marked.LastOrDefault(before => before.Tensor.dim() >= 3) is { OutputAxis: 1 };
            }

            return next == first || next == second ? next == second : channels == first;
        }
    }

    private static NamedTensor Marked(NamedTensor parameter, bool transposed) => transposed ? parameter with { OutputAxis = 1 } : parameter;
}
