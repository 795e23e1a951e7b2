using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Ensembles.Tests;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

/// <summary>A fixture as target with its quick ensemble, built with one epoch a member: what Stage 2 starts from.</summary>
internal sealed class BuiltEnsemble : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("utaf-construction-").FullName;
    private readonly TargetModel target;

    private BuiltEnsemble(string file, LearningTask task, int[] shape, Func<DataTable, TargetModel, DataTable> label, string architectures = "mlp-10,mlp-8-8")
    {
        var bare = Bare("owner");
        target = TargetModel.Load(Fixtures.PathOf(file), task, bare);
        var data = EnsembleData.Prepare(label(bare, target), label(Bare("public"), target), [], null, task, target.Signature, seed: 1);
        Workshop = new Workshop(target, task, data, CPU);
        Folder = EnsembleFolder.Under(root, EnsemblePlan.Make(target, task, data, 5, "quick", new(architectures, 2, [])));
        EnsembleBuilder.BuildMissing(Folder, Workshop, null, CancellationToken.None);

        DataTable Bare(string name) => SmallTask.Table(shape, 150, name, 0);
    }

    public Workshop Workshop { get; }

    public EnsembleFolder Folder { get; }

    public EnsemblePlan Plan => Folder.Plan;

    /// <summary>The MLP 5-8-1; the targets are its own outputs and some noise.</summary>
    public static BuiltEnsemble Regression() => new("mlp-scripted.pt", new Regression(), [5], (table, target) =>
    {
        var random = new SeededRandom(2, "noise");
        return table with { Targets = [.. Outputs(table, target).Select(value => value + (float)(0.05 * random.NextNormal()))] };
    });

    /// <summary>The MLP 4-16-3; the labels are its own.</summary>
    public static BuiltEnsemble Classification() => new("classifier-logits.pt", new Classification(), [4], (table, target) =>
        table with { Targets = [.. Outputs(table, target).Chunk(3).Select(row => (float)Array.IndexOf(row, row.Max()))] });

    /// <summary>A small convolutional network, and members whose convolutions go by Winograd's transforms; four labels in turn.</summary>
    public static BuiltEnsemble Images() => new(
        "cnn-scripted.pt",
        new Classification(),
        [1, 8, 8],
        (table, _) => table with { Targets = [.. Enumerable.Range(0, table.Count).Select(i => (float)(i % 4))] },
        "convnet-32-40");

    public FingerprintPair Construct(
        ConstructionOptions options,
        Action<ConstructionProgress>? progress = null,
        EnsembleFolder? folder = null,
        CancellationTokenSource? cancellation = null) =>
        PairConstruction.Construct(folder ?? Folder, Workshop, new("small", "1", target.ArtifactSha256), options, "0.1.0", progress is null ? null : new Told(progress), cancellation?.Token ?? TestContext.Current.CancellationToken);

    /// <summary>The members of a folder under another plan, whose seed or members differ.</summary>
    public EnsembleFolder BuildWith(EnsemblePlan plan)
    {
        var folder = EnsembleFolder.Under(root, plan);
        EnsembleBuilder.BuildMissing(folder, Workshop, null, CancellationToken.None);
        return folder;
    }

    public EnsembleFolder Unbuilt(EnsemblePlan plan) => EnsembleFolder.Under(root, plan);

    /// <summary>What a schedule gets.</summary>
    public Learning Learning(ConstructionOptions options, PassTerms terms, bool costly = false, ulong seed = 1)
    {
        var split = EnsembleSplit.Make(Plan, Folder.WeightsSha256, new());
        return new(
            FrozenMembers.Load(split.Training, Folder, Workshop, withTarget: true),
            FrozenMembers.Load(split.Validation, Folder, Workshop, withTarget: false),
            InputBox.Of(Workshop.Data.Owner, images: false, CPU),
            SyntheticAnswers.For(Workshop),
            Workshop.Owner.Inputs,
            new(),
            options,
            new SeededRandom(seed, "construction"),
            terms,
            costly,
            _ => { },
            CancellationToken.None)
        {
            Reading = Workshop.Task.Reading(Workshop.Target.Signature.OutputWidth, options.Examples),
        };
    }

    public void Dispose()
    {
        Workshop.Dispose();
        target.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static float[] Outputs(DataTable table, TargetModel target)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return [.. target.Network.Forward(tensor(table.Inputs, table.Count, table.ExampleSize)).data<float>()];
    }

    /// <summary>Tells at once, where <see cref="Progress{T}"/> tells some time later.</summary>
    private sealed class Told(Action<ConstructionProgress> tell) : IProgress<ConstructionProgress>
    {
        public void Report(ConstructionProgress value) => tell(value);
    }
}

/// <summary>The ensembles that the tests of a class share; built at once, outside every test's dispose scope.</summary>
public sealed class BuiltEnsembles : IDisposable
{
    private readonly BuiltEnsemble regression = BuiltEnsemble.Regression();
    private readonly BuiltEnsemble classification = BuiltEnsemble.Classification();
    private readonly Lazy<BuiltEnsemble> images = new(BuiltEnsemble.Images);

    internal BuiltEnsemble Of(string task) => task switch
    {
        "regression" => regression,
        "images" => images.Value,
        _ => classification,
    };

    public void Dispose()
    {
        regression.Dispose();
        classification.Dispose();
        if (images.IsValueCreated)
        {
            images.Value.Dispose();
        }
    }
}
