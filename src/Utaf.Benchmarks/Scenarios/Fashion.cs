using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Generation of fashion articles (paper, section 5 and Tables A1 and A3): a DCGAN on Fashion-MNIST, owner's and public data
/// by halves. On a processor with fewer images and narrower generators.
/// </summary>
internal sealed class Fashion : Scenario
{
    private const string Images = "train-images-idx3-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte";
    private const int Side = 28;

    public override string Name => "fashion";

    public override string Description => "Generation of fashion articles (Fashion-MNIST): DCGAN, 70 positives and 70 negatives, convolutional and fully connected.";

    public override string DataSet(Profile profile) =>
        "Fashion-MNIST's images (Zalando Research, Xiao et al. 2017; github.com/zalandoresearch/fashion-mnist), an IDX file, also without .gz. --data is its folder";

    public override IReadOnlyList<string> Files(string folder, Profile profile)
    {
        return [Found(Images), Found(TestImages)];

        string Found(string name)
        {
            var file = Path.Combine(folder, name);
            return File.Exists(file) ? file : Existing($"{file}.gz", DataSet(profile));
        }
    }

    protected override PreparedScenario Make(ScenarioInput input, ulong seed, bool trained)
    {
        var profile = input.Profile;
        var scale = Scale.Of(profile);
        var files = Files(input.Folder, profile);
        var (training, unseen) = (Read(files[0]), Read(files[1]));
        var chosen = new SeededRandom(seed, "images").Permutation(training.Count).Take(scale.Images).Select(i => (int)i).ToArray();
        var (owner, open) = training.Subset(chosen).Split(0.5, seed);

        var task = new Generation();
        var signature = new ModelSignature([scale.Latent], Side * Side);
        using var shapes = TargetTraining.StandIn(signature, OutputForm.Raw);
        var data = EnsembleData.Prepare(
            Generation.Table(owner, shapes, "owner", seed), Generation.Table(open, shapes, "public", seed), ReadIrrelevant(input.Irrelevant), [1, Side, Side], task, signature, seed);
        var target = TargetTraining.Make(new Dcgan(scale.Width), task, data, signature, OutputForm.Raw, new(scale.TargetEpochs, LearningRate: task.LearningRate), seed, input.Work, input.Device, trained);
        var plan = EnsemblePlan.Make(target, task, data, seed, profile == Profile.Smoke ? "quick" : "paper", new(scale.Names, scale.Epochs, []));
        return new(target, task, data, plan, Generation.Table(unseen, shapes, "unseen", seed), Measures);

        IReadOnlyDictionary<string, double> Measures(Tensor outputs, Tensor targets) => new Dictionary<string, double>
        {
            // 1 less the Fréchet distance in the real images' principal components, that of the mean image being 1.
            ["utility"] = task.Utility(outputs, targets, OutputForm.Raw),
        };
    }

    /// <summary>Pixels from −1 to 1, as a generator that ends with Tanh makes them.</summary>
    private static DataTable Read(string file)
    {
        var table = DataFormats.Read(file, new DataOptions(Label: DataOptions.NoLabel, Scale: 255));
        return table.InputShape is [1, Side, Side]
            ? table with { Inputs = [.. table.Inputs.Select(pixel => (2 * pixel) - 1)] }
            : throw Errors.BadDataFile(file, $"grey images of {Side}×{Side}", $"examples of [{string.Join(", ", table.InputShape)}]");
    }

    /// <summary>How large everything is.</summary>
    /// <param name="Images">Of the training set: half are the owner's.</param>
    /// <param name="Latent">Numbers in a latent vector.</param>
    /// <param name="Width">The target's, a DCGAN.</param>
    /// <param name="Names">Architectures of the ensemble.</param>
    /// <param name="Epochs">From scratch; null for the ensemble's own.</param>
    /// <param name="TargetEpochs">The target's.</param>
    private sealed record Scale(int Images, int Latent, int Width, string Names, int? Epochs, int TargetEpochs)
    {
        public static Scale Of(Profile profile) => profile switch
        {
            Profile.Paper => new(int.MaxValue, 100, 32, "fcgan-2,fcgan-4,fcgan-8,dcgan-32", null, 30),
            Profile.Cpu => new(4096, 100, 16, "fcgan-1,fcgan-2,fcgan-4,dcgan-8,dcgan-16", 10, 20),
            _ => new(128, 8, 1, "fcgan-1,dcgan-1", 1, 1),
        };
    }
}
