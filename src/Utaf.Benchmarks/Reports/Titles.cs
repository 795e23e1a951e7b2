using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Scenarios;

namespace Utaf.Benchmarks.Reports;

/// <summary>Names for readers, and the order in which things stand in the report.</summary>
internal static class Titles
{
    /// <summary>The scheme that the report is about.</summary>
    public const string Utaf = SchemeNames.Utaf;

    /// <summary>Algorithm 1 to the letter.</summary>
    public const string UtafAsPrinted = SchemeNames.UtafPaper;

    /// <summary>Warfarin with students taught as the paper's are.</summary>
    public const string WarfarinAnnealed = Warfarin.Annealed;

    /// <summary>The scenarios of the paper, in the report's order.</summary>
    public static IReadOnlyList<string> Scenarios { get; } = ["skin", "warfarin", WarfarinAnnealed, "fashion"];

    /// <summary>The settings that schemes are compared in, with the whole ensemble and all queries.</summary>
    public static IReadOnlyList<string> MainSettings { get; } = [Settings.Default, Settings.Swept];

    private static readonly (string Id, string Name)[] Schemes =
    [
        (Utaf, "UTAF"), (UtafAsPrinted, "UTAF as printed"), ("ipguard", "IPGuard"), ("conferae", "ConferAE"), ("deepfool", "DeepFoolFP"), ("modeldiff", "ModelDiff"), ("akh", "AKH"), ("sac", "SAC"),
    ];

    public static string Of(string scheme) => Array.Find(Schemes, known => known.Id == scheme).Name ?? scheme;

    public static bool IsUtaf(string scheme) => scheme is Utaf or UtafAsPrinted;

    public static int Rank(string scheme) => Place(Array.FindIndex(Schemes, known => known.Id == scheme));

    public static string OfScenario(string scenario) => scenario switch
    {
        "" => "?",
        WarfarinAnnealed => "Warfarin with annealed students",
        _ => char.ToUpperInvariant(scenario[0]) + scenario[1..],
    };

    public static int RankOfScenario(string scenario) => Place(Scenarios.ToList().IndexOf(scenario));

    /// <summary>default before swept, before all others.</summary>
    public static int RankOfSetting(string setting) => Place(MainSettings.ToList().IndexOf(setting));

    /// <summary>What is not known stands behind what is.</summary>
    private static int Place(int index) => index < 0 ? int.MaxValue : index;
}
