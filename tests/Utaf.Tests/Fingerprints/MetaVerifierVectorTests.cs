using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

/// <summary>The meta-verifier against numbers that PyTorch computed (fixtures/verifier-vectors.json, readings-vectors.json).</summary>
public sealed class MetaVerifierVectorTests
{
    [Fact]
    public void Scores_agree_with_pytorch()
    {
        using var json = Vectors("verifier");
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

    [Fact]
    public void What_is_read_agrees_with_pytorch_on_every_scale()
    {
        using var json = Vectors("readings");
        var seen = new HashSet<AnswerScale>();
        foreach (var given in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var scale = given.GetProperty("scale").Deserialize<AnswerScale>();
            var reading = AnswerReading.Named(scale, given.GetProperty("width").GetInt32())!;
            float[] outputs = [.. Rows(given.GetProperty("outputs")).SelectMany(row => row)];
            var expected = Row(given.GetProperty("read"));

            var read = reading.Of(outputs);

            Assert.Equal(scale, reading.Scale);
            Assert.Equal(expected.Length, read.Length);
            Assert.Equal(expected.Length, reading.ReadWidth(outputs.Length));
            Assert.All(expected.Zip(read), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            seen.Add(scale);
        }

        Assert.Equal(Enum.GetValues<AnswerScale>(), seen.Order());
    }

    private static JsonDocument Vectors(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", $"{name}-vectors.json")));

    private static float[] Row(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];

    private static float[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Row)];
}
