using Utaf.Schemes;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The schemes that scenarios run: all that the library has.</summary>
internal static class SchemeNames
{
    /// <summary>UTAF with its defaults.</summary>
    public const string Utaf = "utaf";

    /// <summary>Algorithm 1 as printed.</summary>
    public const string UtafPaper = "utaf-paper";

    /// <summary>ModelDiff, whose queries are pairs.</summary>
    public const string ModelDiff = "modeldiff";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = FingerprintSchemes.Names;

    /// <summary>Whether it is UTAF's own, which is run in more settings than the others.</summary>
    public static bool IsUtaf(string name) => name is Utaf or UtafPaper;
}
