using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>Where the numbers of torch's tensors lie, for managed code.</summary>
internal static class TensorMemory
{
    /// <summary>The first number of a float32 tensor on the CPU, of any size: its memory is torch's own and stays where it is.</summary>
    public static unsafe float* Start(Tensor contiguous)
    {
        using var first = contiguous.as_strided([1], [1], contiguous.storage_offset());
        fixed (float* start = Numbers(first))
        {
            return start;
        }
    }

    /// <summary>The numbers of a contiguous float32 tensor on the CPU, less than 2 GiB.</summary>
    public static Span<float> Numbers(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);
}
