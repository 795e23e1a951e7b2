using Utaf.Torch;

namespace Utaf.Data;

/// <summary>Targets that have nothing to do with the task: linear functions with random weights of the standardised inputs.</summary>
internal static class RandomRule
{
    /// <summary>Scores of unit variance or so, row-major [n, <paramref name="outputs"/>].</summary>
    public static float[] Scores(DataTable data, int outputs, SeededRandom random)
    {
        var size = data.ExampleSize;
        var (mean, deviation) = ColumnStatistics.Of(data.Inputs, size);
        var weights = new float[outputs, size];
        for (var output = 0; output < outputs; output++)
        {
            for (var i = 0; i < size; i++)
            {
                weights[output, i] = (float)(random.NextNormal() / Math.Sqrt(size));
            }
        }

        var scores = new float[data.Count * outputs];
        for (var row = 0; row < data.Count; row++)
        {
            for (var output = 0; output < outputs; output++)
            {
                var score = 0f;
                for (var i = 0; i < size; i++)
                {
                    score += weights[output, i] * (data.Inputs[(row * size) + i] - mean[i]) / deviation[i];
                }

                scores[(row * outputs) + output] = score;
            }
        }

        return scores;
    }
}
