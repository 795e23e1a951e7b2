using Utaf.Construction;

namespace Utaf.Schemes;

/// <summary>The schemes by name. Adding one is a file and a line here.</summary>
public static class FingerprintSchemes
{
    private static readonly (string Name, Func<SchemeOptions, IReadOnlyList<IFingerprintScheme>> Default, Func<SchemeOptions, IReadOnlyList<IFingerprintScheme>>? Sweep)[] All =
    [
        ("utaf", options => [new UtafScheme("utaf", new(options.Examples, Iterations: options.Iterations))], null),
        ("utaf-paper", options => [new UtafScheme("utaf-paper", new(options.Examples, Schedule.Paper, options.Iterations))], null),
        ("ipguard", options => [Shortened(new IpGuard(Examples: options.Examples), options)], options => IpGuard.Sweep(options.Examples)),
        ("conferae", options => [Shortened(new ConferAe(Examples: options.Examples), options)], options => ConferAe.Sweep(options.Examples)),
        ("deepfool", options => [new DeepFool(Examples: options.Examples)], options => DeepFool.Sweep(options.Examples)),
        ("modeldiff", options => [new ModelDiff(options.Examples / 2)], options => ModelDiff.Sweep(options.Examples / 2)),
        ("akh", options => [new MisclassifiedInputs(options.Examples)], null),
        ("sac", options => [new SampleCorrelation(Examples: options.Examples)], options => SampleCorrelation.Sweep(options.Examples)),
    ];

    /// <summary>What may be named.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(scheme => scheme.Name)];

    private static IpGuard Shortened(IpGuard scheme, SchemeOptions options) => scheme with { Iterations = options.Iterations ?? scheme.Iterations };

    private static ConferAe Shortened(ConferAe scheme, SchemeOptions options) => scheme with { Iterations = options.Iterations ?? scheme.Iterations };

    /// <summary>The parameters to choose from: the scheme's default alone, or its sweep.</summary>
    /// <exception cref="UtafException">UTAF1001: no such scheme.</exception>
    public static IReadOnlyList<IFingerprintScheme> Candidates(string name, SchemeOptions options)
    {
        var scheme = All.FirstOrDefault(scheme => scheme.Name == name);
        return scheme.Name is null
            ? throw Errors.BadOption("--schemes", name, $"some of {string.Join(", ", Names)}, after commas")
            : options.Swept && scheme.Sweep is { } sweep ? sweep(options) : scheme.Default(options);
    }
}

/// <summary>How schemes are compared.</summary>
/// <param name="Examples">N, queries a scheme may ask, at least 2. ModelDiff makes half as many pairs of them.</param>
/// <param name="Swept">Chooses each scheme's parameters on the validation part; otherwise its defaults are used.</param>
/// <param name="Iterations">Of UTAF's fingerprint, and of the defaults of IPGuard and ConferAE; null for each one's own.</param>
public sealed record SchemeOptions(int Examples = 100, bool Swept = true, int? Iterations = null)
{
    /// <summary>Checks every number.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    public void Check()
    {
        if (Examples is not (>= 2 and <= 100_000))
        {
            throw Errors.BadOption("--examples", $"{Examples}", "a whole number from 2 to 100000");
        }
    }
}
