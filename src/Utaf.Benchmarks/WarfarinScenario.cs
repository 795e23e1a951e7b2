using TorchSharp;
using Utaf.Benchmarks.Scenarios;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks;

/// <summary>
/// Warfarin dose prediction (paper, appendix A): a 31-100-1 regressor, Table A2's 70 positives and 70 negatives and members
/// that are learned from alone, owner's and public data by halves, the ensemble by halves for training and test.
/// </summary>
internal static class WarfarinScenario
{
    private const string File = "iwpc_31feat_5741.csv";

    private const int Features = 31;

    private const int Patients = 5741;

    // mg a week.
    private const double DoseScale = 100;

    /// <summary>The ensemble of one seed for what is timed beside the reference, built, half built or empty: Table A2's members, and no copies that are learned from alone.</summary>
    /// <param name="dataFolder">Holds the 31-feature table of the IWPC data.</param>
    /// <param name="work">Where ensembles are kept.</param>
    /// <param name="seed">Decides halves, weights and members.</param>
    public static OpenedEnsemble Open(string dataFolder, string work, ulong seed)
    {
        var prepared = Prepare(dataFolder, [], seed, "paper", EnsembleOptions.Default);
        var plan = prepared.Plan with { Members = [.. prepared.Plan.Members.Where(member => !prepared.Plan.IsForTrainingAlone(member))] };
        return new(
            EnsembleFolder.Under(work, plan),
            new Workshop(prepared.Target, prepared.Task, prepared.Data, CPU),
            new ModelIdentity("warfarin", $"seed-{seed}", prepared.Target.ArtifactSha256));
    }

    /// <summary>The target and the plan of one seed.</summary>
    /// <param name="dataFolder">Holds the 31-feature table of the IWPC data.</param>
    /// <param name="irrelevant">Tables of other domains; none: random rules stand in.</param>
    /// <param name="seed">Decides halves, weights and members.</param>
    /// <param name="profile">The ensemble's.</param>
    /// <param name="options">The ensemble's.</param>
    /// <param name="whole">Whether the table must have every patient.</param>
    /// <param name="trained">False: the target's weights are those that it starts from, which is enough for an estimate.</param>
    /// <exception cref="UtafException">UTAF12xx: the table is not what the scenario is made of.</exception>
    public static PreparedScenario Prepare(
        string dataFolder, IReadOnlyList<DataTable> irrelevant, ulong seed, string profile, EnsembleOptions options, bool whole = true, bool trained = true)
    {
        var (owner, open) = Read(DataFile(dataFolder), whole).Split(0.5, seed);
        var task = new Regression();
        var signature = new ModelSignature(owner.InputShape, 1);
        var target = Target(owner, task, signature, seed, trained);
        var data = EnsembleData.Prepare(owner, open, irrelevant, imageShape: null, task, signature, seed);
        var plan = EnsemblePlan.Make(target, task, data, seed, profile, options);
        return new(target, task, data, plan, open, Measures);

        IReadOnlyDictionary<string, double> Measures(Tensor outputs, Tensor targets) => new Dictionary<string, double>
        {
            ["r2"] = task.Utility(outputs, targets, OutputForm.Raw),
            ["mae"] = (outputs - targets).abs().mean().ToDouble() * DoseScale,
        };
    }

    /// <summary>The table's file in the user's folder.</summary>
    public static string DataFile(string dataFolder) => Path.Combine(dataFolder, File);

    /// <summary>Height and weight standardised, dose in units of 100 mg a week: the scale the reference trains at.</summary>
    private static DataTable Read(string path, bool whole)
    {
        var table = DataFormats.Read(path, new DataOptions(SkipColumns: 2, LabelScale: DoseScale));
        if (table.ExampleSize != Features || table.TargetWidth != 1)
        {
            throw Errors.BadDataFile(path, $"two columns of identifiers, {Features} features and the weekly dose", $"{table.ExampleSize} features and {table.TargetWidth} targets");
        }

        // A table that was cut at a line's end has nothing else that tells it.
        if (whole && table.Count != Patients)
        {
            throw Errors.BadDataFile(path, $"{Patients} patients", $"{table.Count}: {(table.Count < Patients ? "the file is truncated" : "it is another table")}");
        }

        var (mean, deviation) = ColumnStatistics.Of(table.Inputs, table.ExampleSize);
        var inputs = table.Inputs.Select((value, i) => i % table.ExampleSize < 2 ? (value - mean[i % table.ExampleSize]) / deviation[i % table.ExampleSize] : value);
        return table with { Inputs = [.. inputs] };
    }

    private static TargetModel Target(DataTable owner, LearningTask task, ModelSignature signature, ulong seed, bool trained)
    {
        var random = new SeededRandom(seed, "target");
        using var network = Build();
        Initialisation.ResetAll(network, random);
        if (trained)
        {
            using var data = TensorData.From(owner, task, CPU);
            Trainer.Train(network, new(network.Parameters, data, OwnsData: false, new Supervision(OutputForm.Raw), new(50), [], random), task, "target", CancellationToken.None);
        }

        return TargetModel.FromNetwork(network, Build, signature);

        Network Build() => new(
            new Mlp([100]),
            nn.Sequential(("0", nn.Linear(signature.InputSize, 100)), ("1", nn.ReLU()), ("2", nn.Linear(100, 1))),
            OutputForm.Raw);
    }
}
