using Utaf.Fingerprints;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>A pair of 50 MB, as large images make it.</summary>
internal static class BigPair
{
    public static byte[] Bytes()
    {
        const int examples = 84;
        int[] shape = [3, 224, 224];
        var values = new float[examples * 3 * 224 * 224];
        var random = new Random(1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        const int width = examples * 2;
        var manifest = SamplePairs.Manifest with { Examples = examples, Input = new InputSpecification(shape, 0, 1) };
        return FingerprintPairFile.Serialise(new FingerprintPair(
            manifest,
            new Fingerprint(shape, values),
            new MetaVerifier(width, new float[width], [.. Enumerable.Repeat(1f, width)], new float[2 * width], new float[2], new float[4], new float[2])));
    }
}
