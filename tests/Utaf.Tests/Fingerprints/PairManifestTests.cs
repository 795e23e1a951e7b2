using System.Text.Json;
using System.Text.Json.Nodes;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class PairManifestTests
{
    [Fact]
    public void Everything_that_is_written_is_read_again_to_the_last_bit()
    {
        var json = SamplePairs.Manifest.ToJson();

        var read = PairManifest.FromJson(json);

        Assert.Equal(json, read.ToJson());
        Assert.Equal(ulong.MaxValue, read.Training.Seed);
        Assert.Equal(0.1 + 0.2, read.Training.VerifierLearningRate);
        Assert.Equal(1e-17, read.Training.Curve[1].ValidationLoss);
        Assert.Equal(SamplePairs.Manifest.HeldOut.Members, read.HeldOut.Members);
    }

    [Fact]
    public void The_text_is_indented_camel_case_with_the_same_line_ends_everywhere()
    {
        var json = SamplePairs.Manifest.ToJson();

        Assert.StartsWith("{\n  \"formatVersion\": 1,\n  \"model\": {\n    \"name\": \"digits\",", json, StringComparison.Ordinal);
        Assert.Contains("\"space\": \"probabilities\"", json, StringComparison.Ordinal);
        Assert.Contains("one duplicate “dropped”", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void A_time_that_is_not_known_leaves_no_key()
    {
        Assert.DoesNotContain("createdUtc", SamplePairs.Manifest.ToJson(), StringComparison.Ordinal);
        var dated = SamplePairs.Manifest with { CreatedUtc = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        Assert.Contains("\"createdUtc\": \"2026-01-02T03:04:05+00:00\"", dated.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_the_future_are_left_out()
    {
        var json = JsonNode.Parse(SamplePairs.Manifest.ToJson())!;
        json["later"] = new JsonObject { ["a"] = 1 };
        json["model"]!["licence"] = "MIT";

        Assert.Equal(SamplePairs.Manifest.ToJson(), PairManifest.FromJson(json.ToJsonString()).ToJson());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("threshold")]
    [InlineData("heldOut")]
    public void A_missing_key_is_an_error(string key)
    {
        var json = JsonNode.Parse(SamplePairs.Manifest.ToJson())!.AsObject();
        json.Remove(key);

        Assert.Throws<JsonException>(() => PairManifest.FromJson(json.ToJsonString()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public void What_is_no_manifest_is_an_error(string json) => Assert.Throws<JsonException>(() => PairManifest.FromJson(json));
}
