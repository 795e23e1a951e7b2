using System.Security.Cryptography;
using TorchSharp;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>One parameter or buffer of a network.</summary>
/// <param name="Name">The dotted name, for example <c>layer1.0.conv1.weight</c>.</param>
/// <param name="Tensor">The live tensor.</param>
public sealed record NamedTensor(string Name, Tensor Tensor)
{
    /// <summary>The layer that it belongs to: the name without its last part.</summary>
    public string Layer => Name.LastIndexOf('.') is var dot && dot < 0 ? "" : Name[..dot];

    /// <summary>The axis of a weight's outputs: 1 of a transposed convolution's kernels [in, out, …], 0 of all others.</summary>
    public int OutputAxis { get; init; }

    /// <summary>A weight matrix or a convolution's kernels: what pruning removes. Biases and norms are not.</summary>
    public bool IsWeight => Tensor.dim() >= 2;

    /// <summary>The values as bytes.</summary>
    public SafetensorsTensor ToSafetensors()
    {
        using var scope = NewDisposeScope();
        var cpu = Tensor.detach().cpu().contiguous();
        return new(Name, Types[cpu.dtype], cpu.shape, cpu.bytes.ToArray());
    }

    /// <summary>Adds the values' bytes to a digest, without a copy of them where they lie as they are written.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        using var scope = NewDisposeScope();
        hash.AppendData(Tensor.detach().cpu().contiguous().bytes);
    }

    /// <summary>Sets the values from bytes.</summary>
    /// <exception cref="FormatException">The shape or the type differs.</exception>
    public void Set(SafetensorsTensor values)
    {
        if (values.DType != Types[Tensor.dtype] || !values.Shape.SequenceEqual(Tensor.shape))
        {
            throw new FormatException($"'{Name}' is {values.DType} [{string.Join(", ", values.Shape)}], expected {Types[Tensor.dtype]} [{string.Join(", ", Tensor.shape)}].");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var mine = Tensor.detach();

        // Past autograd, which need not know: nobody holds a graph of a network whose weights are replaced.
        if (mine.device_type == DeviceType.CPU && mine.is_contiguous())
        {
            values.Data.Span.CopyTo(mine.bytes);
            return;
        }

        var cpu = empty(Tensor.shape, Tensor.dtype);
        values.Data.Span.CopyTo(cpu.bytes);
        Tensor.copy_(cpu);
    }

    private static readonly Dictionary<ScalarType, string> Types = new()
    {
        [ScalarType.Float32] = "F32",
        [ScalarType.Float64] = "F64",
        [ScalarType.Float16] = "F16",
        [ScalarType.BFloat16] = "BF16",
        [ScalarType.Int64] = "I64",
        [ScalarType.Int32] = "I32",
        [ScalarType.Int16] = "I16",
        [ScalarType.Int8] = "I8",
        [ScalarType.Byte] = "U8",
        [ScalarType.Bool] = "BOOL",
    };
}
