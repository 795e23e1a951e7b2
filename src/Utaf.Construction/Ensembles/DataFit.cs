using Utaf.Data;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>Gives data of another domain the target's shape, scale and kind of targets, so that irrelevant models can be trained on it.</summary>
internal static class DataFit
{
    public static DataTable Fit(DataTable foreign, DataTable owner, int[]? imageShape, LearningTask task, ModelSignature signature)
    {
        if (foreign.TargetWidth == 0 && !task.LearnsFeatures)
        {
            throw Errors.WrongDataShape(foreign.Origin, "a target column", "none");
        }

        var inputs = imageShape is not null && foreign.InputShape is [_, _, _]
            ? Resize(foreign, imageShape)
            : Columns(foreign, owner.ExampleSize);
        var rescaled = Rescale(inputs, owner, imageShape is not null);
        var fitted = new DataTable(owner.InputShape, rescaled, foreign.TargetWidth, foreign.Targets, foreign.Origin) { Rows = foreign.Rows, Queries = foreign.Queries };
        return task.FitTargets(fitted, owner, signature);
    }

    /// <summary>Gives foreign samples the owner's shape and range; latent vectors are the owner's, in turn.</summary>
    /// <param name="foreign">Its inputs are the samples.</param>
    /// <param name="owner">Its inputs are latent vectors, its targets the samples.</param>
    /// <param name="sampleShape">[C, H, W] when samples are images.</param>
    public static DataTable FitSamples(DataTable foreign, DataTable owner, int[]? sampleShape)
    {
        var samples = owner with { InputShape = [owner.TargetWidth], Inputs = owner.Targets, TargetWidth = 0, Targets = [] };
        var resized = sampleShape is not null && foreign.InputShape is [_, _, _]
            ? Resize(foreign, sampleShape)
            : Columns(foreign, owner.TargetWidth);
        var size = owner.ExampleSize;
        float[] latents = [.. Enumerable.Range(0, foreign.Count * size).Select(i => owner.Inputs[i % owner.Inputs.Length])];
        return new(owner.InputShape, latents, owner.TargetWidth, Rescale(resized, samples, sampleShape is not null), foreign.Origin) { Rows = foreign.Rows };
    }

    /// <summary>Nearest-neighbour resizing; channels repeat or are dropped.</summary>
    private static float[] Resize(DataTable foreign, int[] shape)
    {
        var (channels, height, width) = (shape[0], shape[1], shape[2]);
        var (fromChannels, fromHeight, fromWidth) = (foreign.InputShape[0], foreign.InputShape[1], foreign.InputShape[2]);
        var resized = new float[(long)foreign.Count * channels * height * width];
        var i = 0;
        for (var n = 0; n < foreign.Count; n++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var row = (((n * fromChannels) + (c % fromChannels)) * fromHeight) + (y * fromHeight / height);
                        resized[i++] = foreign.Inputs[(row * fromWidth) + (x * fromWidth / width)];
                    }
                }
            }
        }

        return resized;
    }

    /// <summary>The columns in turn, repeated or cut to the target's width.</summary>
    private static float[] Columns(DataTable foreign, int width)
    {
        var fitted = new float[(long)foreign.Count * width];
        for (var i = 0; i < fitted.Length; i++)
        {
            fitted[i] = foreign.Inputs[(i / width * foreign.ExampleSize) + (i % width % foreign.ExampleSize)];
        }

        return fitted;
    }

    /// <summary>Images are stretched to the owner's pixel range as a whole, tables column by column.</summary>
    private static float[] Rescale(float[] inputs, DataTable owner, bool images)
    {
        var width = images ? 1 : owner.ExampleSize;
        var (low, high) = ColumnStatistics.Range(inputs, width);
        var (ownerLow, ownerHigh) = ColumnStatistics.Range(owner.Inputs, width);
        return [.. inputs.Select((value, i) =>
        {
            var column = i % width;
            var span = high[column] - low[column];
            return ownerLow[column] + (span > 0 ? (value - low[column]) / span * (ownerHigh[column] - ownerLow[column]) : 0);
        })];
    }
}
