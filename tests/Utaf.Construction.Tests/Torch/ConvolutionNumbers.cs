namespace Utaf.Torch.Tests;

/// <summary>What convolutions in managed code are given in tests, and how their results are compared.</summary>
internal static class ConvolutionNumbers
{
    /// <summary>Numbers from −1 to 1, the same for the same seed.</summary>
    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>Whether all numbers are near, by a share of the largest.</summary>
    public static void Near(double[] expected, float[] found, double rounding)
    {
        Assert.Equal(expected.Length, found.Length);
        var most = rounding * (1 + expected.Max(Math.Abs));
        for (var i = 0; i < found.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= most, $"number {i} is {found[i]}, not {expected[i]}");
        }
    }
}
