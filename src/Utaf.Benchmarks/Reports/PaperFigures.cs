namespace Utaf.Benchmarks.Reports;

/// <summary>The numbers that the paper states in its sections 5 and 6. What stands only in its drawings is not here.</summary>
internal static class PaperFigures
{
    /// <summary>Fig. 2 and section 6: ARUC. IPGuard's is said to be 0.59 below UTAF's.</summary>
    public static string? Aruc(string scenario, string scheme) => (scenario, scheme) switch
    {
        ("skin", Titles.Utaf or Titles.UtafAsPrinted) => "0.86 ± 0.01",
        ("skin", "ipguard") => "0.27",
        ("warfarin" or Titles.WarfarinAnnealed or "fashion", Titles.Utaf or Titles.UtafAsPrinted) => "> 0.98",
        _ => null,
    };

    /// <summary>Fig. 2 and section 6: robustness where uniqueness is 1.</summary>
    public static string? RobustnessAtUniquenessOne(string scenario, string scheme) => (scenario, scheme) switch
    {
        ("skin", Titles.Utaf or Titles.UtafAsPrinted) => "1",
        ("skin", "ipguard" or "conferae" or "deepfool" or "modeldiff") => "< 1",
        _ => null,
    };

    /// <summary>Table 2: seconds of construction, on Skin.</summary>
    public static string? Construction(string scenario, string scheme) => (scenario, scheme) switch
    {
        ("skin", Titles.Utaf or Titles.UtafAsPrinted) => "202 ± 11",
        ("skin", "ipguard") => "177 ± 1",
        ("skin", "modeldiff") => "123 ± 1",
        ("skin", "deepfool") => "174 ± 4",
        ("skin", "conferae") => "> 2860",
        _ => null,
    };

    /// <summary>Table 2: seconds of verification, on Skin.</summary>
    public static string? Verification(string scenario, string scheme) => (scenario, scheme) switch
    {
        ("skin", Titles.Utaf or Titles.UtafAsPrinted) => "7.2 ± 0.8",
        ("skin", "ipguard") => "9.1 ± 0.2",
        ("skin", "modeldiff") => "13.6 ± 0.5",
        ("skin", "deepfool") => "9.1 ± 0.6",
        ("skin", "conferae") => "10.0 ± 0.6",
        _ => null,
    };

    /// <summary>Section 6 on Fig. 3.</summary>
    public static string? Learning(string scenario) => scenario == "skin" ? "less than 200" : null;

    /// <summary>Section 6 on Fig. 3, right, which Fig. A1 is captioned to show too: UTAF's robustness and uniqueness over the threshold.</summary>
    public static string? Curves(string scenario) => scenario is "warfarin" or Titles.WarfarinAnnealed or "fashion" ? "both stay 1 unless ρ is very close to 0 or 1" : null;

    /// <summary>Section 6 on Fig. 2: UTAF's ARUC over the best other scheme's.</summary>
    public static string? AgainstTheBest(string scenario) => scenario == "skin" ? "about 3.2 (IPGuard)" : null;

    /// <summary>Section 6 on Fig. 4: ARUC with 100 examples over that with 10.</summary>
    public static string? Examples(string scenario) => scenario switch
    {
        "skin" => "about 1.2",
        "warfarin" or Titles.WarfarinAnnealed => "about 1.032",
        "fashion" => "about 1.170",
        _ => null,
    };

    /// <summary>Section 6 on Fig. 5, of all three scenarios: UTAF's ARUC when the ensemble is enlarged.</summary>
    public static string? EnsembleSizes(string scenario) => Titles.Scenarios.Contains(scenario) ? "a steady upward trend" : null;
}
