using TorchSharp;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Skin lesion classification (paper, section 5): a ResNet-18 on HAM10000's seven classes, owner's and public data by halves
/// of the training split. On a processor at 28×28 with networks of the same kinds, a quarter as wide.
/// </summary>
internal sealed class Skin : Scenario
{
    private const int Classes = 7;
    private const int TargetEpochs = 20;
    private const int SmokeImages = 200;

    // On a processor. After three epochs most students of other architectures say one class for every lesion, as honest
    // models do then too: they learned nothing of the target, and nobody would serve them.
    private const int StudentEpochs = 12;

    // As MedMNIST publishes the task; and one file with a column that says the split: train, val or test.
    private const string Published = "dermamnist";
    private const string WithSplit = "ham10000";

    public override string Name => "skin";

    public override string Description => "Skin lesion classification (HAM10000): ResNet-18, 70 positives and 70 negatives of five architectures, and six copies that are learned from alone.";

    public override string DataSet(Profile profile) =>
        $"HAM10000's images at {Side(profile)}×{Side(profile)}, as MedMNIST publishes them (DermaMNIST, medmnist.com; the images are those of Tschandl et al. 2018), or {Names(profile)[1]} with the arrays images, labels and split. --data is its folder";

    public override IReadOnlyList<string> Files(string folder, Profile profile)
    {
        string[] files = [.. Names(profile).Select(name => Path.Combine(folder, name))];
        return [files.FirstOrDefault(File.Exists) ?? throw Errors.FileNotFound(files[0], DataSet(profile))];
    }

    protected override PreparedScenario Make(ScenarioInput input, ulong seed, bool trained)
    {
        var profile = input.Profile;
        var file = Files(input.Folder, profile)[0];
        var (training, test) = Read(file, Side(profile));
        if (profile == Profile.Smoke)
        {
            (training, test) = (Some(training, seed), Some(test, seed));
        }

        var (owner, open) = training.Split(0.5, seed);
        var task = new Classification();
        var signature = new ModelSignature(owner.InputShape, Classes);
        var data = EnsembleData.Prepare(owner, open, ReadIrrelevant(input.Irrelevant), imageShape: null, task, signature, seed);
        var (first, names, epochs, studentEpochs, targetEpochs) = Networks(profile);
        var target = TargetTraining.Make(first, task, data, signature, OutputForm.Logits, new(targetEpochs), seed, input.Work, input.Device, trained);
        var plan = EnsemblePlan.Make(target, task, data, seed, profile == Profile.Smoke ? "quick" : "paper", new(names, epochs, []) { StudentEpochs = studentEpochs });
        return new(target, task, data, plan, test, Measures);

        IReadOnlyDictionary<string, double> Measures(Tensor outputs, Tensor targets) => new Dictionary<string, double>
        {
            ["accuracy"] = task.Utility(outputs, targets, OutputForm.Logits),
            ["balanced accuracy"] = Balanced(outputs, targets),
        };
    }

    private static DataTable Some(DataTable table, ulong seed) =>
        table.Subset([.. new SeededRandom(seed, "images").Permutation(table.Count).Take(SmokeImages).Select(i => (int)i)]);

    private static string[] Names(Profile profile)
    {
        var side = Side(profile);
        return [side == 28 ? $"{Published}.npz" : $"{Published}_{side}.npz", $"derma{side}_{WithSplit}.npz"];
    }

    private static int Side(Profile profile) => profile == Profile.Paper ? 224 : 28;

    private static (Architecture Target, string Names, int? Epochs, int? StudentEpochs, int TargetEpochs) Networks(Profile profile) => profile switch
    {
        Profile.Paper => (new ResNet18(), "squeezenet-1.0,resnet-18,densenet-161,alexnet,vgg-16", null, null, TargetEpochs),
        Profile.Cpu => (new ResNet18(4, 2), "squeezenet-1.0-w4,resnet-18-w4-d2,densenet-161-w8-d4,alexnet-w4,vgg-16-w4-d2", 3, StudentEpochs, TargetEpochs),
        _ => (new ResNet18(16, 2), "convnet-2-4,resnet-18-w16-d2", 1, null, 1),
    };

    /// <summary>Pixels from 0 to 1; what is told apart by the split that no lesion is in twice.</summary>
    private static (DataTable Training, DataTable Test) Read(string file, int side)
    {
        if (Path.GetFileName(file).StartsWith(Published, StringComparison.Ordinal))
        {
            return (Images("train_images,train_labels"), Images("test_images,test_labels"));
        }

        var all = Images("images,labels");
        var split = NpzWords.Read(file, "split");
        if (split.Count != all.Count)
        {
            throw Errors.BadDataFile(file, $"an array 'split' of {all.Count} words, one for each image", $"{split.Count}");
        }

        return (Part("train"), Part("test"));

        DataTable Part(string which)
        {
            int[] places = [.. Enumerable.Range(0, all.Count).Where(i => split[i] == which)];
            return places.Length > 0 ? all.Subset(places) : throw Errors.BadDataFile(file, $"images whose 'split' is {which}", "none");
        }

        DataTable Images(string arrays)
        {
            var table = DataFormats.Read(file, new DataOptions(Scale: 255, Arrays: arrays));
            return table.InputShape is [3, var height, var width] && height == side && width == side && table.TargetWidth == 1
                ? table
                : throw Errors.BadDataFile(file, $"bytes [N, {side}, {side}, 3] and one label for each image ({arrays})", $"images of [{string.Join(", ", table.InputShape)}] with {table.TargetWidth} labels");
        }
    }

    /// <summary>The mean over the classes of the share that is recognised: two thirds of all lesions are of one class.</summary>
    private static double Balanced(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var right = outputs.argmax(1).eq(targets).to_type(ScalarType.Float32);
        return Enumerable.Range(0, Classes)
            .Select(label => targets.eq(label).to_type(ScalarType.Float32))
            .Where(of => of.sum().ToDouble() > 0)
            .Average(of => ((right * of).sum() / of.sum()).ToDouble());
    }
}
