using System.Diagnostics;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks;

/// <summary>
/// Warfarin dose prediction (paper, appendix A): a 31-100-1 regressor, Table A2's 70 positives and 70 negatives, owner's
/// and public data by halves, the ensemble by halves for training and test.
/// </summary>
internal static class WarfarinScenario
{
    private const string File = "iwpc_31feat_5741.csv";

    /// <summary>Builds the ensemble of one seed (or goes on with it) and constructs the pair.</summary>
    /// <param name="dataFolder">Holds the 31-feature table of the IWPC data.</param>
    /// <param name="work">Where ensembles are kept.</param>
    /// <param name="seed">Decides halves, weights and members.</param>
    /// <param name="options">Stage 2.</param>
    /// <param name="report">Told what was built.</param>
    public static WarfarinResult Run(string dataFolder, string work, ulong seed, ConstructionOptions options, Action<string> report)
    {
        using var ensemble = Open(dataFolder, work, seed);
        var (folder, workshop) = (ensemble.Folder, ensemble.Workshop);

        var clock = Stopwatch.StartNew();
        var missing = folder.Missing().Count;
        EnsembleBuilder.BuildMissing(folder, workshop, progress: null, CancellationToken.None);
        report($"seed {seed}: {missing} members built in {clock.Elapsed.TotalSeconds:0.0} s");

        clock.Restart();
        var pair = PairConstruction.Construct(
            folder,
            workshop,
            ensemble.Model,
            options,
            "benchmark",
            progress: null,
            CancellationToken.None);
        return new(pair.Manifest, clock.Elapsed.TotalSeconds);
    }

    /// <summary>The ensemble of one seed, built, half built or empty.</summary>
    /// <inheritdoc cref="Run"/>
    public static OpenedEnsemble Open(string dataFolder, string work, ulong seed)
    {
        var (owner, open) = Read(DataFile(dataFolder)).Split(0.5, seed);
        var task = new Regression();
        var signature = new ModelSignature(owner.InputShape, 1);
        var target = Target(owner, task, signature, seed);
        var data = EnsembleData.Prepare(owner, open, [], imageShape: null, task, signature, seed);
        var plan = EnsemblePlan.Make(target, task, data, seed, "paper", EnsembleOptions.Default);
        return new(
            EnsembleFolder.Under(work, plan),
            new Workshop(target, task, data, CPU),
            new ModelIdentity("warfarin", $"seed-{seed}", target.ArtifactSha256));
    }

    /// <summary>The table's file in the user's folder.</summary>
    public static string DataFile(string dataFolder) => Path.Combine(dataFolder, File);

    /// <summary>Height and weight standardised, dose in units of 100 mg a week: the scale the reference trains at.</summary>
    private static DataTable Read(string path)
    {
        var table = DataFormats.Read(path, new DataOptions(SkipColumns: 2, LabelScale: 100));
        var (mean, deviation) = ColumnStatistics.Of(table.Inputs, table.ExampleSize);
        var inputs = table.Inputs.Select((value, i) => i % table.ExampleSize < 2 ? (value - mean[i % table.ExampleSize]) / deviation[i % table.ExampleSize] : value);
        return table with { Inputs = [.. inputs] };
    }

    private static TargetModel Target(DataTable owner, LearningTask task, ModelSignature signature, ulong seed)
    {
        var random = new SeededRandom(seed, "target");
        using var network = Build();
        Initialisation.ResetAll(network, random);
        using var data = TensorData.From(owner, task, CPU);
        Trainer.Train(network, new(network.Parameters, data, OwnsData: false, new Supervision(OutputForm.Raw), new(50), [], random), task, "target", CancellationToken.None);
        return TargetModel.FromNetwork(network, Build, signature);

        Network Build() => new(
            new Mlp([100]),
            nn.Sequential(("0", nn.Linear(signature.InputSize, 100)), ("1", nn.ReLU()), ("2", nn.Linear(100, 1))),
            OutputForm.Raw);
    }
}

/// <summary>What one seed gave.</summary>
/// <param name="Manifest">The pair's, with the results on the test half.</param>
/// <param name="ConstructionSeconds">Stage 2, loading of members included.</param>
internal sealed record WarfarinResult(PairManifest Manifest, double ConstructionSeconds);
