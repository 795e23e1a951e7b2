using TorchSharp;
using Utaf.Data;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>One or more real numbers per example.</summary>
public sealed class Regression : RawOutputTask
{
    /// <inheritdoc/>
    public override string Name => "regression";

    /// <inheritdoc/>
    public override bool TargetsAreOutputs => true;

    /// <inheritdoc/>
    public override bool HasPerturbedCopies => true;

    /// <inheritdoc/>
    public override void Check(DataTable data, ModelSignature signature)
    {
        if (data.TargetWidth != signature.OutputWidth)
        {
            throw Errors.WrongDataShape(data.Origin, $"{signature.OutputWidth} target column(s), as the model has outputs", $"{data.TargetWidth}");
        }
    }

    /// <inheritdoc/>
    public override Tensor Targets(DataTable data) => tensor(data.Targets, data.Count, data.TargetWidth);

    /// <inheritdoc/>
    public override (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target) =>
        ColumnStatistics.Of(owner.Targets, owner.TargetWidth);

    /// <inheritdoc/>
    public override DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random)
    {
        // The logistic curve of a random linear rule, stretched to the range of the real targets.
        var (mean, deviation) = ColumnStatistics.Of(data.Targets, data.TargetWidth);
        var scores = RandomRule.Scores(data, data.TargetWidth, random);
        var targets = scores.Select((score, i) =>
        {
            var column = i % data.TargetWidth;
            return mean[column] + (deviation[column] * 4 * ((1 / (1 + MathF.Exp(-score))) - 0.5f));
        });
        return data with { Targets = [.. targets] };
    }

    /// <inheritdoc/>
    public override DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature)
    {
        var (mean, deviation) = ColumnStatistics.Of(owner.Targets, owner.TargetWidth);
        var (foreignMean, foreignDeviation) = ColumnStatistics.Of(foreign.Targets, foreign.TargetWidth);
        var width = owner.TargetWidth;
        var targets = new float[foreign.Count * width];
        for (var i = 0; i < targets.Length; i++)
        {
            var (row, column) = (i / width, i % width);
            var source = column % foreign.TargetWidth;
            targets[i] = mean[column] + (deviation[column] * (foreign.Targets[(row * foreign.TargetWidth) + source] - foreignMean[source]) / foreignDeviation[source]);
        }

        return foreign with { TargetWidth = width, Targets = targets };
    }

    /// <summary>R², at most 1; 0 is as good as the mean.</summary>
    public override double Utility(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        return 1 - ((outputs - targets).square().sum() / (targets - targets.mean([0])).square().sum()).ToDouble();
    }
}
