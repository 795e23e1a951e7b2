using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

/// <summary>The meta-verifier against numbers that PyTorch computed (fixtures/verifier-vectors.json).</summary>
public sealed class MetaVerifierVectorTests
{
    [Fact]
    public void Scores_agree_with_pytorch()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "verifier-vectors.json")));
        var root = json.RootElement;
        var mean = Row(root.GetProperty("mean"));
        var verifier = new MetaVerifier(
            mean.Length,
            mean,
            Row(root.GetProperty("std")),
            [.. Rows(root.GetProperty("weight1")).SelectMany(row => row)],
            Row(root.GetProperty("bias1")),
            [.. Rows(root.GetProperty("weight2")).SelectMany(row => row)],
            Row(root.GetProperty("bias2")));
        var inputs = Rows(root.GetProperty("inputs"));
        var probabilities = root.GetProperty("probabilities").EnumerateArray().Select(row => row[1].GetDouble()).ToArray();
        var logits = root.GetProperty("logits").EnumerateArray().Select(row => (row[0].GetDouble(), row[1].GetDouble())).ToArray();

        Assert.NotEmpty(inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(probabilities[i], verifier.MatchingRate(inputs[i]), 1e-6);
            var expected = logits[i].Item2 - logits[i].Item1;
            Assert.Equal(expected, verifier.LogOdds(inputs[i]), 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    private static float[] Row(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];

    private static float[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Row)];
}
