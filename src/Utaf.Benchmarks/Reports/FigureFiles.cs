using Utaf.Benchmarks.Scenarios;

namespace Utaf.Benchmarks.Reports;

/// <summary>Which figures there are, and how their files are named.</summary>
internal static class FigureFiles
{
    /// <summary>The folder beside the page.</summary>
    public const string Folder = "results";

    private static readonly (string Kind, string Description, Func<Figures, string?> Draw)[] Kinds =
    [
        ("schemes", "robustness at uniqueness 1 and ARUC of the schemes", figures => figures.Schemes()),
        ("learning", "learning curves over wall time", figures => figures.Learning()),
        ("curves", "UTAF's robustness and uniqueness over the threshold", figures => figures.Curves()),
        ("all-curves", "robustness and uniqueness of each scheme over the threshold", figures => figures.AllCurves()),
        ("examples", "ARUC over the number of fingerprint examples", figures => figures.Examples()),
        ("ensemble", "ARUC over the size of the ensemble", figures => figures.EnsembleSizes()),
    ];

    /// <summary>What a figure shows, for who cannot see it.</summary>
    public static string Description(string kind) => Array.Find(Kinds, known => known.Kind == kind).Description;

    /// <summary>Whether a file's name is one that <see cref="Of"/> gives, for whichever runs.</summary>
    public static bool IsFigure(string name) =>
        name.Split('-', 3) is [{ Length: > 0 } scenario, var profile, _]
        && Enum.GetNames<Profile>().Select(known => known.ToLowerInvariant()).Contains(profile)
        && Array.Exists(Kinds, known => name == NameOf(scenario, profile, known.Kind));

    /// <summary>Every figure that these runs can give.</summary>
    public static IEnumerable<(string Kind, string File, string Svg)> Of(ScenarioRuns runs)
    {
        var figures = new Figures(runs);
        return from known in Kinds
               let svg = known.Draw(figures)
               where svg is not null
               select (known.Kind, $"{Folder}/{NameOf(runs.Scenario, runs.Profile, known.Kind)}", svg);
    }

    private static string NameOf(string scenario, string profile, string kind) => $"{scenario}-{profile}-{kind}.svg";
}
