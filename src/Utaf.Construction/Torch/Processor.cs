using System.Runtime.Intrinsics.X86;

namespace Utaf.Torch;

/// <summary>What this machine's processor does by itself.</summary>
internal static class Processor
{
    private const int ExtendedFeatures = 7;
    private const int SecondPage = 1;
    private const int BFloat16Bit = 5;

    /// <summary>
    /// Whether it multiplies bfloat16 in vectors (Intel's manual, CPUID leaf 7, page 1, EAX bit 5: AVX512_BF16), so that
    /// convolutions take about half the time of float32. Elsewhere they would take longer.
    /// </summary>
    public static bool MultipliesBFloat16 { get; } =
        Avx512F.IsSupported
        && X86Base.CpuId(0, 0).Eax >= ExtendedFeatures
        && X86Base.CpuId(ExtendedFeatures, 0).Eax >= SecondPage
        && (X86Base.CpuId(ExtendedFeatures, SecondPage).Eax & (1 << BFloat16Bit)) != 0;
}
