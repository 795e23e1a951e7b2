using System.Diagnostics;
using System.Text.Json;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>
/// Makes a small ensemble of ResNet-18s, shortly trained on part of a set of images, once: ours and the reference construct on
/// the same weights.
/// </summary>
/// <param name="Images">An IDX file of 28×28 grey images of ten classes, its labels beside it.</param>
/// <param name="Folder">Where the members are, or are made; holds <see cref="ListFile"/> afterwards.</param>
/// <param name="Examples">How many of the images: half are the owner's.</param>
internal sealed record ResNetMembersWork(string Images, string Folder, int Examples) : SpeedWork
{
    /// <summary>What the reference is told: the files of the target and of the members by part.</summary>
    public const string ListFile = "members.json";

    private const ulong Seed = 0;
    private const int Batch = 32;
    private const int TargetEpochs = 4;

    /// <summary>Of 18 members: 8 for training, 8 for validation, 2 for the test, which nobody looks at here.</summary>
    public static SplitFractions Fractions { get; } = new(Test: 0.12, Validation: 0.5);

    public override void Run(Action<StageLine> report)
    {
        var clock = Stopwatch.StartNew();
        ResNetScenario.Start();
        using var ensemble = Open(Folder, Images, Examples);
        EnsembleBuilder.BuildMissing(ensemble.Folder, ensemble.Workshop, progress: null, CancellationToken.None);
        WriteList(ensemble);
        report(new("members", clock.Elapsed.TotalSeconds, new Dictionary<string, double> { ["members"] = ensemble.Folder.Plan.Members.Count }));
    }

    /// <summary>The ensemble, built or not.</summary>
    public static OpenedEnsemble Open(string folder, string images, int examples)
    {
        var table = DataFormats.Read(images, new DataOptions(Scale: 255));
        var some = table.Subset([.. Enumerable.Range(0, Math.Min(examples, table.Count))]);
        var (owner, open) = some.WithInputShape([1, some.InputShape[^2], some.InputShape[^1]]).Split(0.5, Seed);
        using var target = Target(folder, owner);
        return ResNetScenario.Open(folder, target, owner, open, Seed, Recipes());
    }

    private static List<Recipe> Recipes()
    {
        var once = new TrainingSettings(1, Batch);
        return
        [
            .. ((double[])[0.2, 0.4, 0.6]).Select(ratio => new WeightPruning(ratio, PruningScope.Global, PruningCriterion.L1, once with { Epochs = 0 })),
            .. Enumerable.Range(0, 3).Select(i => new FineTuning(TrainedLayers.All, once, i)),
            .. Enumerable.Range(0, 3).Select(i => new Retraining(TrainedLayers.Last, once, i)),
            .. Enumerable.Range(0, 9).Select(i => new IndependentTraining(new TargetArchitecture(), i % 2 == 0 ? DataSource.Owner : DataSource.Public, once with { Epochs = 2 }, i)),
        ];
    }

    /// <summary>Trained once, then read: every process has the same target.</summary>
    private static Network Target(string folder, DataTable owner)
    {
        var network = ResNetScenario.Fresh((long)Seed);
        var file = TargetFile(folder);
        if (File.Exists(file))
        {
            network.Import(Safetensors.Read(File.ReadAllBytes(file)).Tensors);
            return network;
        }

        var task = new Classification();
        using var data = TensorData.From(owner, task, CPU);
        using var training = new MemberTraining(network.Parameters, data, OwnsData: false, new Supervision(network.Form), new(TargetEpochs, Batch), [], new SeededRandom(Seed, "target"));
        Trainer.Train(network, training, task, "target", CancellationToken.None);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(file, Safetensors.Write(new SafetensorsFile(new Dictionary<string, string>(), network.Export())));
        return network;
    }

    private static string TargetFile(string folder) => Path.Combine(folder, "target.safetensors");

    private void WriteList(OpenedEnsemble ensemble)
    {
        var folder = ensemble.Folder;
        var split = EnsembleSplit.Of(folder, ensemble.Workshop.Target, Fractions);
        var list = new
        {
            target = Path.GetFullPath(TargetFile(Folder)),
            training = Files(split.Training),
            validation = Files(split.Validation),
        };
        AtomicFile.WriteText(Path.Combine(Folder, ListFile), JsonSerializer.Serialize(list));

        object Files(IReadOnlyList<Member> members) => new
        {
            positives = members.Where(member => member.Stolen).Select(member => Path.GetFullPath(folder.FileOf(member))),
            negatives = members.Where(member => !member.Stolen).Select(member => Path.GetFullPath(folder.FileOf(member))),
        };
    }
}
