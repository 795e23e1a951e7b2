using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Utaf.Commitments;
using Utaf.Fingerprints;

namespace Utaf.Tests.Commitments;

public sealed class CommitmentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 14, 0, 0, TimeSpan.FromHours(2));
    private static readonly byte[] PairBytes = FingerprintPairFile.Serialise(SamplePairs.Pair);
    private static readonly byte[] Made = Commitment.Make(SamplePairs.Pair, PairBytes, Noon, "digits.pt");

    [Fact]
    public void A_commitment_is_an_in_toto_statement_about_the_model_artifact()
    {
        using var statement = JsonDocument.Parse(Made);
        var root = statement.RootElement;
        Assert.Equal(["_type", "subject", "predicateType", "predicate"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal("https://in-toto.io/Statement/v1", root.GetProperty("_type").GetString());
        Assert.Equal("digits.pt", root.GetProperty("subject")[0].GetProperty("name").GetString());
        Assert.Equal(new string('a', 64), root.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString());
        Assert.Equal(Commitment.PredicateType, root.GetProperty("predicateType").GetString());
        Assert.True(Uri.TryCreate(Commitment.PredicateType, UriKind.Absolute, out var type) && type.Scheme == "urn");
    }

    [Fact]
    public void Its_predicate_says_what_the_pair_will_be_held_to()
    {
        using var statement = JsonDocument.Parse(Made);
        var predicate = statement.RootElement.GetProperty("predicate");
        Assert.Equal(
            ["formatVersion", "model", "pair", "negatives", "tool", "createdUtc", "seal"],
            predicate.EnumerateObject().Select(property => property.Name));
        Assert.Equal(1, predicate.GetProperty("formatVersion").GetInt32());
        Assert.Equal("1.2.0", predicate.GetProperty("model").GetProperty("version").GetString());
        Assert.Equal(2, predicate.GetProperty("pair").GetProperty("examples").GetInt32());
        Assert.Equal(0.5, predicate.GetProperty("pair").GetProperty("threshold").GetDouble());
        Assert.Equal(3, predicate.GetProperty("negatives").GetProperty("heldOut").GetInt32());
        Assert.Equal("0.1.0", predicate.GetProperty("tool").GetProperty("version").GetString());
        Assert.Equal("2026-05-04T12:00:00Z", predicate.GetProperty("createdUtc").GetString());
    }

    /// <summary>Computed with the Python of docs/commitment.md, which shares no code with this.</summary>
    [Fact]
    public void Its_digests_are_those_of_the_documented_reader()
    {
        var predicate = JsonNode.Parse(Made)!["predicate"]!;
        Assert.Equal("a25deef983c4d93f3c166074cd7cb3093de6546122eb21c515d5f954060a2b44", predicate["pair"]!["saltedSha256"]!.GetValue<string>());
        Assert.Equal("45383e83b1453e0957821cb9d946ee58c25716553d716e5b6d166a481b5c90a4", predicate["negatives"]!["sha256"]!.GetValue<string>());
        Assert.Equal("518d8d5609a16af2953bcd58a1ed53e3797eaca770cef3fbaf67fa7a9a1cd2ed", predicate["seal"]!.GetValue<string>());
    }

    [Fact]
    public void The_same_pair_and_time_give_the_same_bytes()
    {
        var read = FingerprintPairFile.Deserialise(PairBytes, "pair");
        Assert.Equal(Made, Commitment.Make(read, PairBytes, Noon.ToUniversalTime(), "digits.pt"));
        Assert.NotEqual(Made, Commitment.Make(read, PairBytes, Noon.AddSeconds(1), "digits.pt"));
        Assert.Equal((byte)'\n', Made[^1]);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_check_tells_whether_the_commitment_is_older_than_the_first_query(int days, bool older)
    {
        var check = Commitment.Check(Made, SamplePairs.Pair, PairBytes, Noon.AddDays(-days), "digits.intoto.json");
        Assert.True(check.Matches, check.Detail);
        Assert.Equal(older, check.OlderThanFirstQuery);
        Assert.Equal(Noon, check.CommittedUtc);
        Assert.Equal("digits.intoto.json", check.Statement);
        Assert.Contains("maker's word alone", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_query_nothing_is_said_about_its_time()
    {
        Assert.Null(Commitment.Check(Made, SamplePairs.Pair, PairBytes, firstQuery: null, "here").OlderThanFirstQuery);
    }

    [Theory]
    [InlineData("subject/0/digest/sha256", "\"bbbb\"", "the model file")]
    [InlineData("predicate/model/name", "\"letters\"", "the model's name or version")]
    [InlineData("predicate/model/version", "\"9.9.9\"", "the model's name or version")]
    [InlineData("predicate/pair/saltedSha256", "\"bbbb\"", "the pair: it commits to another one")]
    [InlineData("predicate/pair/examples", "3", "N: it says 3, the pair 2")]
    [InlineData("predicate/pair/threshold", "0.4", "ρ: it says 0.4, the pair 0.5")]
    [InlineData("predicate/negatives/heldOut", "4", "the held-out honest models")]
    [InlineData("predicate/negatives/sha256", "\"bbbb\"", "the held-out honest models")]
    [InlineData("predicate/tool/name", "\"other\"", "the tool")]
    [InlineData("predicate/tool/version", "\"0.2.0\"", "the tool")]
    [InlineData("predicate/createdUtc", "\"2020-01-01T00:00:00Z\"", "its time or its seal")]
    [InlineData("predicate/seal", "\"bbbb\"", "its time or its seal")]
    public void A_statement_that_was_altered_does_not_match_and_says_where(string field, string value, string difference)
    {
        var statement = JsonNode.Parse(Made)!;
        var path = field.Split('/');
        var parent = path[..^1].Aggregate(statement, (node, name) => int.TryParse(name, out var index) ? node[index]! : node[name]!);
        Assert.NotNull(parent[path[^1]]);
        parent[path[^1]] = JsonNode.Parse(value);

        var check = Commitment.Check(Encoding.UTF8.GetBytes(statement.ToJsonString()), SamplePairs.Pair, PairBytes, Noon, "here");
        Assert.False(check.Matches);
        Assert.Contains(difference, check.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("; in ", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_other_programs_add_or_lay_out_anew_does_not_matter()
    {
        var statement = JsonNode.Parse(Made)!;
        statement["subject"]![0]!["name"] = "renamed.pt";
        statement["subject"]!.AsArray().Insert(0, JsonNode.Parse("""{"digest":{"sha1":"cc"},"uri":"file:x"}"""));
        statement["predicate"]!["later"] = "an addition";
        var check = Commitment.Check(Encoding.UTF8.GetBytes(statement.ToJsonString()), SamplePairs.Pair, PairBytes, null, "here");
        Assert.True(check.Matches, check.Detail);
    }

    [Fact]
    public void Another_pair_of_the_same_model_does_not_open_it()
    {
        var bytes = SamplePairs.Bytes(seed: 8);
        var other = FingerprintPairFile.Deserialise(bytes, "other");
        var check = Commitment.Check(Made, other, bytes, Noon.AddDays(1), "here");
        Assert.False(check.Matches);
        Assert.Equal("It differs in the pair: it commits to another one. Nothing follows from its time.", check.Detail);
    }

    [Fact]
    public void Nothing_of_the_pair_is_in_it()
    {
        var random = new Random(11);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 8) + 0.1))];
        var pair = SamplePairs.Pair with
        {
            Fingerprint = new Fingerprint([1, 2], Numbers(4)),
            Verifier = new MetaVerifier(4, Numbers(4), Numbers(4), Numbers(20), Numbers(5), Numbers(10), Numbers(2)),
        };
        var bytes = FingerprintPairFile.Serialise(pair);
        var text = Encoding.UTF8.GetString(Commitment.Make(pair, bytes, Noon, "digits.pt"));

        Assert.DoesNotContain(FingerprintPairFile.Sha256(bytes), text, StringComparison.OrdinalIgnoreCase);
        var tensors = bytes.AsSpan(8 + (int)BitConverter.ToUInt64(bytes)).ToArray();
        Assert.Equal(49 * sizeof(float), tensors.Length);
        for (var i = 0; i + 4 <= tensors.Length; i++)
        {
            Assert.DoesNotContain(Convert.ToHexString(tensors, i, 4), text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(tensors, i, 4)[..5], text, StringComparison.Ordinal);
        }

        // A computed digest would be caught by these two: whoever knows only one tensor can recompute nothing of the statement.
        var fingerprint = tensors[..(4 * sizeof(float))];
        Assert.DoesNotContain(FingerprintPairFile.Sha256(fingerprint), text, StringComparison.Ordinal);
        Assert.DoesNotContain(FingerprintPairFile.Sha256(tensors), text, StringComparison.Ordinal);
    }
}
