using TorchSharp;
using Utaf.Data;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// Features: the output vectors themselves are the product, and the data names no targets for them. Thieves learn the
/// target's features of their inputs; honest trainers learn features of their own with a <see cref="FeatureHead"/>, from
/// labels where the data has them. Labels are classes under any numbers.
/// </summary>
public sealed class Embedding : RawOutputTask
{
    private const int MadeUpClasses = 10;
    private const int MostForeignClasses = 1000;
    private const int MostCompared = 2000;

    /// <inheritdoc/>
    public override string Name => "embedding";

    /// <inheritdoc/>
    public override bool LearnsFeatures => true;

    /// <inheritdoc/>
    public override bool ScaleIsTheTargets => true;

    /// <inheritdoc/>
    public override RelearnedCopies? Relearned => null;

    /// <summary>Checks the labels; there may be none.</summary>
    /// <exception cref="UtafException">
    /// UTAF1205: one class alone. UTAF1206: more than one label per example. UTAF1210: a label is no class. UTAF1213: no two examples
    /// are of one class.
    /// </exception>
    public override void Check(DataTable data, ModelSignature signature)
    {
        if (data.TargetWidth == 0)
        {
            return;
        }

        if (data.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(data.Origin, "one class label per example, or none (--label none)", $"{data.TargetWidth}");
        }

        var at = Array.FindIndex(data.Targets, label => !float.IsInteger(label));
        if (at >= 0)
        {
            throw Errors.LabelIsNoClass(data.Origin, data.RowOf(at), data.Targets[at]);
        }

        var classes = data.Targets.Distinct().Count();
        if (classes < 2)
        {
            throw Errors.TooFewClasses(data.Origin, classes);
        }

        if (classes == data.Count)
        {
            throw Errors.LabelsAllDiffer(data.Origin, data.Count);
        }
    }

    /// <summary>Class numbers from 0 in the order of the labels, [N]; [N, 0] where there are no labels.</summary>
    public override Tensor Targets(DataTable data)
    {
        if (data.TargetWidth == 0)
        {
            return zeros([data.Count, 0]);
        }

        var labels = data.Targets.Distinct().Order().ToArray();
        return tensor(data.Targets.Select(label => (long)Array.BinarySearch(labels, label)).ToArray());
    }

    /// <summary>The target's own: features have no scale but what a model gives them, and it should not tell honest models apart.</summary>
    public override (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target) => target.OutputStatistics(owner);

    /// <summary>The same inputs with the classes of a random rule: as many as the data has, or ten.</summary>
    public override DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random)
    {
        var classes = data.TargetWidth == 0 ? MadeUpClasses : data.Targets.Distinct().Count();
        var scores = RandomRule.Scores(data, classes, random);
        return data with { TargetWidth = 1, Targets = [.. scores.Chunk(classes).Select(row => (float)Array.IndexOf(row, row.Max()))] };
    }

    /// <summary>Foreign labels are kept where they are classes, at most a thousand; other data is learned without labels.</summary>
    public override DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature)
    {
        float[] labels = foreign.TargetWidth == 0 ? [] : [.. foreign.Targets.Chunk(foreign.TargetWidth).Select(row => row[0])];
        var classes = labels.Distinct().Count();
        return classes >= 2 && classes <= Math.Min(MostForeignClasses, foreign.Count / 2) && labels.All(float.IsInteger)
            ? foreign with { TargetWidth = 1, Targets = labels }
            : foreign with { TargetWidth = 0, Targets = [] };
    }

    /// <summary>
    /// The share of examples whose nearest neighbour among the others, by the distance of their features, is of their class, in
    /// [0, 1]; of the first 2000 examples. NaN where there are no labels.
    /// </summary>
    /// <param name="outputs">Features, [N, out].</param>
    /// <param name="targets">As <see cref="Targets"/> makes them.</param>
    /// <param name="form">Always raw.</param>
    public override double Utility(Tensor outputs, Tensor targets, OutputForm form)
    {
        if (targets.numel() == 0)
        {
            return double.NaN;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var compared = Math.Min(MostCompared, outputs.shape[0]);
        var (features, classes) = (outputs.narrow(0, 0, compared), targets.narrow(0, 0, compared));
        var distances = cdist(features, features).masked_fill(eye(compared, dtype: ScalarType.Bool, device: features.device), double.PositiveInfinity);
        return classes.index_select(0, distances.argmin(1)).eq(classes).to_type(ScalarType.Float32).mean().ToDouble();
    }
}
