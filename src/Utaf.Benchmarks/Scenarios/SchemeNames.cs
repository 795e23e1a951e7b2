using Utaf.Schemes;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>A scheme of the literature that UTAF is compared with.</summary>
/// <param name="Name">As results name it.</param>
/// <param name="WithExamples">The scheme with its defaults and N queries.</param>
/// <param name="Sweep">The option sets that the validation part chooses from; empty where there is nothing to choose.</param>
internal sealed record Baseline(string Name, Func<int, IFingerprintScheme> WithExamples, IReadOnlyList<IFingerprintScheme> Sweep);

/// <summary>The schemes that scenarios run. A baseline is plugged in by a line in <see cref="Baselines"/>, and nowhere else.</summary>
internal static class SchemeNames
{
    /// <summary>UTAF with its defaults.</summary>
    public const string Utaf = "utaf";

    /// <summary>Algorithm 1 as printed.</summary>
    public const string UtafPaper = "utaf-paper";

    /// <summary>The baselines.</summary>
    public static IReadOnlyList<Baseline> Baselines { get; } =
    [
        new("ipguard", examples => new IpGuard(Examples: examples), [.. IpGuard.Sweep(100)]),
        new("deepfool", examples => new DeepFool(Examples: examples), []),
        new("akh", examples => new MisclassifiedInputs(examples), []),
    ];

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [Utaf, UtafPaper, .. Baselines.Select(baseline => baseline.Name)];
}
