namespace Utaf.Benchmarks.Scenarios;

/// <summary>Warfarin dose prediction: regression, 140 members of Table A2 and some that are learned from alone. It is small enough for the paper's setting on any processor.</summary>
/// <param name="annealed">Whether students are taught after Clark et al. (2019), as the paper's are: at last they learn the data's targets, and not the target's outputs.</param>
internal sealed class Warfarin(bool annealed = false) : Scenario
{
    /// <summary>The name where students are annealed.</summary>
    public const string Annealed = "warfarin-annealed";

    public override string Name => annealed ? Annealed : "warfarin";

    public override string Description =>
        $"Warfarin dose prediction: regression by a perceptron, 140 members of Table A2 and {(annealed ? "92 that are learned from alone; students learn the target's outputs at first and the data's targets at last" : "six that are learned from alone; students learn the target's outputs")}.";

    public override string DataSet(Profile profile) =>
        "the 31-feature table of the International Warfarin Pharmacogenetics Consortium (IWPC): two identifiers, the features, the weekly dose in mg; the patients' table is ClinPGx's (PharmGKB, clinpgx.org). --data is its folder";

    public override IReadOnlyList<string> Files(string folder, Profile profile) => [Existing(WarfarinScenario.DataFile(folder), DataSet(profile))];

    public override SettingChoice Settings(Profile profile) => profile == Profile.Smoke ? base.Settings(profile) : base.Settings(Profile.Paper);

    protected override PreparedScenario Make(ScenarioInput input, ulong seed, bool trained)
    {
        var smoke = input.Profile == Profile.Smoke;
        return WarfarinScenario.Prepare(input.Folder, ReadIrrelevant(input.Irrelevant), seed, smoke ? "quick" : "paper", new(null, smoke ? 2 : null, []) { Annealed = annealed }, whole: !smoke, trained);
    }
}
