using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>A ResNet-18 for ten classes of 28×28 grey images, and ensembles of its like.</summary>
internal static class ResNetScenario
{
    public const int Classes = 10;
    private const int Side = 28;
    private const double Perturbation = 0.02;

    /// <summary>Torch with all processors.</summary>
    public static void Start() => TorchRuntime.Start("cpu", Environment.ProcessorCount);

    /// <summary>A network whose weights torch drew: much faster than number by number, and good enough to be timed.</summary>
    public static Network Fresh(long seed)
    {
        manual_seed(seed);
        return new(new TargetArchitecture(), ResNet18.Module(channels: 1, Classes, smallImages: true), OutputForm.Logits);
    }

    /// <summary>Images of noise with labels of chance, for work whose time does not depend on what is in them.</summary>
    public static DataTable Noise(int count, ulong seed)
    {
        var random = new SeededRandom(seed, "noise");
        return new(
            [1, Side, Side],
            [.. Enumerable.Range(0, count * Side * Side).Select(_ => (float)random.NextDouble())],
            TargetWidth: 1,
            [.. Enumerable.Range(0, count).Select(_ => (float)random.NextInt32(Classes))],
            "noise");
    }

    /// <summary>An ensemble whose members are copies of the target, a little disturbed, and networks of chance: nothing is trained.</summary>
    /// <param name="folder">Where it is, or is made.</param>
    /// <param name="perSide">Positives, and as many negatives.</param>
    public static OpenedEnsemble Untrained(string folder, int perSide)
    {
        const ulong seed = 0;
        using var network = Fresh((long)seed);
        var ensemble = Open(folder, network, Noise(64, seed), Noise(64, seed + 1), seed, [.. Positives(perSide), .. Negatives(perSide)]);
        foreach (var (member, i) in ensemble.Folder.Missing().Select((member, i) => (member, i)))
        {
            using var scope = NewDisposeScope();
            using var made = member.Stolen ? ensemble.Workshop.Target.Copy() : Fresh(i + 1);
            if (member.Stolen)
            {
                manual_seed(i + 1);
                Disturb(made);
            }

            ensemble.Folder.Save(member, made);
        }

        return ensemble;

        static IEnumerable<Recipe> Positives(int count) => Enumerable.Range(0, count).Select(i => new FineTuning(TrainedLayers.All, new(1), i));
        static IEnumerable<Recipe> Negatives(int count) => Enumerable.Range(0, count).Select(i => new IndependentTraining(new TargetArchitecture(), DataSource.Owner, new(1), i));
    }

    /// <summary>Opens or starts an ensemble of given recipes.</summary>
    public static OpenedEnsemble Open(string folder, Network target, DataTable owner, DataTable open, ulong seed, IReadOnlyList<Recipe> recipes)
    {
        var task = new Classification();
        var signature = new ModelSignature(owner.InputShape, Classes);
        var model = TargetModel.FromNetwork(target, () => Fresh(0), signature);
        var data = EnsembleData.Prepare(owner, open, [], imageShape: null, task, signature, seed);
        return OpenedEnsemble.Of(folder, model, task, data, seed, recipes, "resnet-18");
    }

    private static void Disturb(Network network)
    {
        using var noGradient = no_grad();
        foreach (var weight in network.Parameters.Where(parameter => parameter.IsWeight))
        {
            weight.Tensor.add_(randn_like(weight.Tensor) * weight.Tensor.std() * Perturbation);
        }
    }
}
