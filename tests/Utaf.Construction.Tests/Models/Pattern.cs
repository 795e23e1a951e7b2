using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

/// <summary>The formula under "pattern" and "weights" in resnet18-vectors.json.</summary>
internal static class Pattern
{
    private const int P = 1_000_003;

    /// <summary>Fills a parameter or a statistic with the numbers of its name.</summary>
    public static void Fill(string name, Tensor tensor)
    {
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        {
            return;
        }

        var key = name.Aggregate(0L, (key, letter) => ((31 * key) + letter) % P);
        var fanIn = tensor.dim() > 1 ? tensor.numel() / tensor.shape[0] : 0;

        // The formula repeats after P numbers, and a large layer is filled piece by piece.
        var values = new float[Math.Min(P, tensor.numel())];
        for (long i = 0; i < values.Length; i++)
        {
            var v = (((31 * i * i) + (17 * i) + key) % P / 500001.0) - 1;
            values[i] = (float)(fanIn > 0 ? v * Math.Sqrt(6.0 / fanIn)
                : name.EndsWith("running_var", StringComparison.Ordinal) ? 1 + (0.5 * v)
                : name.EndsWith("weight", StringComparison.Ordinal) ? 1 + (0.1 * v)
                : 0.1 * v);
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (flat, period) = (tensor.view(-1), torch.tensor(values));
        for (long start = 0; start < flat.shape[0]; start += P)
        {
            var count = Math.Min(P, flat.shape[0] - start);
            flat.narrow(0, start, count).copy_(period.narrow(0, 0, count));
        }
    }

    /// <summary>Element i: sin(0.11 i).</summary>
    public static Tensor Inputs(long[] shape) =>
        tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (float)Math.Sin(0.11 * i)).ToArray(), shape);
}
