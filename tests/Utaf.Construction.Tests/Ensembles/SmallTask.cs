using Utaf.Data;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>A fixture as target, with data made for it: what a user would bring, but small.</summary>
internal sealed class SmallTask : IDisposable
{
    private SmallTask(string file, LearningTask task, DataTable owner, DataTable publicData)
    {
        Target = TargetModel.Load(Fixtures.PathOf(file), task, owner);
        Data = EnsembleData.Prepare(owner, publicData, [], null, task, Target.Signature, seed: 1);
        Workshop = new Workshop(Target, task, Data, CPU);
    }

    public TargetModel Target { get; }

    public EnsembleData Data { get; }

    public Workshop Workshop { get; }

    /// <summary>The regression MLP 5-8-1; its targets are its own outputs and some noise.</summary>
    public static SmallTask Mlp(int examples = 128, int? open = null) =>
        new("mlp-scripted.pt", new Regression(), Table([5], examples, "owner", 0), Table([5], open ?? examples, "public", 0));

    /// <summary>The CNN [1, 8, 8] with batch norm, 4 classes.</summary>
    public static SmallTask Cnn(int examples = 96) => new("cnn-scripted.pt", new Classification(), Table([1, 8, 8], examples, "owner", 4), Table([1, 8, 8], examples, "public", 4));

    /// <summary>Random inputs; labels below <paramref name="classes"/>, or quantities when there are none.</summary>
    public static DataTable Table(int[] shape, int examples, string name, int classes)
    {
        var random = new SeededRandom(11, name);
        var size = shape.Aggregate((product, next) => product * next);
        float[] inputs = [.. Enumerable.Range(0, examples * size).Select(_ => (float)random.NextNormal())];
        float[] targets = [.. inputs.Chunk(size).Select((row, i) => classes > 0 ? i % classes : row[0] - (0.5f * row[^1]) + 3)];
        return new(shape, inputs, 1, targets, name);
    }

    public MemberContext Context(string id = "member", Func<Network>? parent = null) =>
        new(id, Workshop, parent ?? Target.Copy, new SeededRandom(5, id), TestContext.Current.CancellationToken);

    public EnsemblePlan Plan(params Member[] members) =>
        EnsemblePlan.Make(Target, Workshop.Task, Data, 5, "quick", new(null, 1, [])) with { Members = members };

    public Network Build(Recipe recipe, string id = "member") => recipe.Build(Context(id));

    public void Dispose()
    {
        Workshop.Dispose();
        Target.Dispose();
    }
}
