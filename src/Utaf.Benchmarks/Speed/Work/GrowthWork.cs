using System.Diagnostics;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>Both stages on a made-up table, with more and more members and with more and more inputs N.</summary>
/// <param name="Folder">Where the ensembles are built; it is emptied.</param>
/// <param name="Members">Even numbers, from small to large.</param>
/// <param name="Inputs">Values of N, from small to large.</param>
/// <param name="Examples">Rows of the table.</param>
internal sealed record GrowthWork(string Folder, int[] Members, int[] Inputs, int Examples) : SpeedWork
{
    private const int Features = 31;
    private const int Epochs = 3;
    private const int UsualInputs = 100;

    public override void Run(Action<StageLine> report)
    {
        TorchRuntime.Start("cpu", threads: 1);
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        // The first of each is done twice, and the first time is not told: it is the compiler's.
        foreach (var (members, told) in Members.Prepend(Members[0]).Select((members, i) => (members, i > 0)))
        {
            using var ensemble = Open(members, seed: told ? 1u : 0u);
            var built = Seconds(() => EnsembleBuilder.BuildMissing(ensemble.Folder, ensemble.Workshop, progress: null, CancellationToken.None));
            var constructed = Seconds(() => Construct(ensemble, UsualInputs));
            if (told)
            {
                report(new("ensemble", built, new Dictionary<string, double> { ["members"] = members }));
                report(new("construct", constructed, new Dictionary<string, double> { ["members"] = members }));
            }
        }

        using var usual = Open(Members[Members.Length / 2], seed: 1);
        foreach (var inputs in Inputs)
        {
            report(new("inputs", Seconds(() => Construct(usual, inputs)), new Dictionary<string, double> { ["inputs"] = inputs }));
        }
    }

    private static void Construct(OpenedEnsemble ensemble, int inputs) =>
        PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, new(inputs), "benchmark", progress: null, CancellationToken.None);

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private OpenedEnsemble Open(int members, ulong seed)
    {
        var task = new Regression();
        var random = new SeededRandom(seed, "table");
        float[] inputs = [.. Enumerable.Range(0, Examples * Features).Select(_ => (float)random.NextNormal())];
        float[] targets = [.. inputs.Chunk(Features).Select(row => MathF.Tanh(row[0] + (row[1] * row[2])))];
        var (owner, open) = new DataTable([Features], inputs, TargetWidth: 1, targets, "a made-up table").Split(0.5, seed);
        var signature = new ModelSignature([Features], 1);
        using var network = Fresh();
        Initialisation.ResetAll(network, random);
        var target = TargetModel.FromNetwork(network, Fresh, signature);
        var data = EnsembleData.Prepare(owner, open, [], imageShape: null, task, signature, seed);
        return OpenedEnsemble.Of(Folder, target, task, data, seed, Recipes(members), "growth");
    }

    private static Network Fresh() => new(
        new Mlp([100]),
        nn.Sequential(("0", nn.Linear(Features, 100)), ("1", nn.ReLU()), ("2", nn.Linear(100, 1))),
        OutputForm.Raw);

    /// <summary>Half distilled, half independent, of three depths in turn: twice the members are twice the work.</summary>
    private static List<Recipe> Recipes(int members)
    {
        Architecture[] depths = [new Mlp([100]), new Mlp([100, 100]), new Mlp([100, 100, 100])];
        return
        [
            .. Enumerable.Range(0, members / 2).Select(i => new Distillation(depths[i % depths.Length], new(Epochs), 0, i)),
            .. Enumerable.Range(0, members - (members / 2)).Select(i => new IndependentTraining(depths[i % depths.Length], DataSource.Owner, new(Epochs), i)),
        ];
    }
}
