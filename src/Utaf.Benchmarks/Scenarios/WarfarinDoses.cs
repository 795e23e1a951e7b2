using Utaf.Data;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Warfarin dose prediction (paper, appendix A): a 31-100-1 regressor, Table A2's 70 positives and 70 negatives, owner's
/// and public data by halves.
/// </summary>
internal sealed class WarfarinDoses : Scenario
{
    private const string File = "iwpc_31feat_5741.csv";
    private const int Features = 31;

    public override string Name => "warfarin";

    public override string Description => "Warfarin dose prediction: regression, 140 members of Table A2.";

    public override IReadOnlyList<(string File, string What)> Files =>
        [(File, "the IWPC table with 31 features: two identifiers, the features, the weekly dose in mg")];

    public override LearningTask Task { get; } = new Regression();

    public override ScenarioSize SizeOf(string profile) => profile switch
    {
        "smoke" => new(profile, "quick", "mlp-20,mlp-20-20", 5, 20, Examples: 600),
        _ => new(profile, "paper", null, null, 50),
    };

    public override ScenarioData Read(string folder, ScenarioSize size, ulong seed)
    {
        var path = Path.Combine(folder, File);
        var table = DataFormats.Read(path, new DataOptions(SkipColumns: 2, LabelScale: 100));
        if (table.ExampleSize != Features || table.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(path, $"{Features} features and a dose", $"{table.ExampleSize} features and {table.TargetWidth} targets");
        }

        // Height and weight standardised, the dose in units of 100 mg a week.
        var (mean, deviation) = ColumnStatistics.Of(table.Inputs, table.ExampleSize);
        var inputs = table.Inputs.Select((value, i) => i % table.ExampleSize < 2 ? (value - mean[i % table.ExampleSize]) / deviation[i % table.ExampleSize] : value);
        table = table with { Inputs = [.. inputs] };
        if (table.Count > size.Examples)
        {
            table = table.Split((double)size.Examples / table.Count, seed).First;
        }

        var (owner, open) = table.Split(0.5, seed);
        return new(owner, open, [], open, ImageShape: null, new(owner.InputShape, 1));
    }

    /// <summary>The full ensemble of one seed, for the timings.</summary>
    public static OpenedEnsemble OpenFull(string data, string work, ulong seed)
    {
        var scenario = new WarfarinDoses();
        return scenario.Open(scenario.SizeOf("cpu"), data, work, seed).Ensemble;
    }

    /// <summary>The table's file in the user's folder.</summary>
    public static string DataFile(string dataFolder) => Path.Combine(dataFolder, File);

    public override Network BuildTarget(ScenarioSize size, ModelSignature signature) => new(
        new Mlp([100]),
        nn.Sequential(("0", nn.Linear(signature.InputSize, 100)), ("1", nn.ReLU()), ("2", nn.Linear(100, 1))),
        OutputForm.Raw);
}
