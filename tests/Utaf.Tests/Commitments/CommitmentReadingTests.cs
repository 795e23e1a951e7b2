using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using CsCheck;
using Utaf.Commitments;
using Utaf.Fingerprints;

namespace Utaf.Tests.Commitments;

/// <summary>What may be around a statement, and what is none.</summary>
public sealed class CommitmentReadingTests
{
    private static readonly byte[] PairBytes = FingerprintPairFile.Serialise(SamplePairs.Pair);
    private static readonly byte[] Made = Commitment.Make(SamplePairs.Pair, PairBytes, DateTimeOffset.UnixEpoch, "digits.pt");
    private static readonly string Provenance = Statement(predicateType: "https://slsa.dev/provenance/v1", predicate: "{}");

    [Fact]
    public void A_signed_envelope_is_opened_and_its_signature_left_to_those_who_can_check_it()
    {
        var check = Check(Envelope(Made));
        Assert.True(check.Matches, check.Detail);
        Assert.Contains("signature was not checked here (gh attestation verify does)", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Sigstore_bundle_is_opened()
    {
        var check = Check($$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":{{Envelope(Made)}}}""");
        Assert.True(check.Matches, check.Detail);
    }

    [Fact]
    public void Of_several_lines_the_commitment_is_read()
    {
        var check = Check($"{Envelope(Encoding.UTF8.GetBytes(Provenance))}\n{Envelope(Made)}\n");
        Assert.True(check.Matches, check.Detail);
    }

    [Fact]
    public void A_changed_payload_in_an_envelope_does_not_match()
    {
        var changed = Encoding.UTF8.GetString(Made).Replace("1970-01-01", "1969-01-01", StringComparison.Ordinal);
        Assert.False(Check(Envelope(Encoding.UTF8.GetBytes(changed))).Matches);
    }

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("no JSON", "Commitment: yes")]
    [InlineData("half a file", "{\"_type\": \"https://in-toto.io/State")]
    [InlineData("a list", "[]")]
    [InlineData("null", "null")]
    [InlineData("another object", "{}")]
    [InlineData("another envelope", """{"payloadType":"text/plain","payload":"aGVsbG8=","signatures":[]}""")]
    [InlineData("no base64", """{"payloadType":"application/vnd.in-toto+json","payload":"!!!","signatures":[]}""")]
    [InlineData("an envelope around nothing", """{"payloadType":"application/vnd.in-toto+json","payload":"bnVsbA==","signatures":[]}""")]
    [InlineData("a bundle around nothing", """{"dsseEnvelope":7}""")]
    public void What_is_no_statement_is_refused(string what, string content)
    {
        var error = Assert.Throws<UtafException>(() => Check(content)).Diagnostic;
        Assert.True(error.Code == "UTAF1330", $"{what}: {error}");
        Assert.Equal("here.intoto.json", error.Origin);
    }

    [Theory]
    [InlineData("_type", "\"https://in-toto.io/Statement/v0.1\"")]
    [InlineData("subject", "{}")]
    [InlineData("subject", "null")]
    [InlineData("predicate", "null")]
    [InlineData("predicate", "{}")]
    [InlineData("predicate", "{\"formatVersion\":1}")]
    [InlineData("predicate", "{\"formatVersion\":\"1\"}")]
    public void A_statement_with_a_broken_part_is_refused(string part, string value)
    {
        var statement = JsonNode.Parse(Made)!;
        statement[part] = JsonNode.Parse(value);
        Assert.Equal("UTAF1330", CodeOf(statement.ToJsonString()));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-05-04T12:00:00")]
    [InlineData("2026-05-04T12:00:00+02:00")]
    public void A_time_that_could_be_read_two_ways_is_refused(string time)
    {
        var statement = JsonNode.Parse(Made)!;
        statement["predicate"]!["createdUtc"] = time;
        Assert.Equal("UTAF1330", CodeOf(statement.ToJsonString()));
    }

    [Fact]
    public void A_key_that_stands_twice_is_refused()
    {
        var twice = Encoding.UTF8.GetString(Made).Replace("\"createdUtc\"", "\"createdUtc\": \"2020-01-01T00:00:00Z\", \"createdUtc\"", StringComparison.Ordinal);
        Assert.Equal("UTAF1330", CodeOf(twice));
    }

    [Fact]
    public void A_statement_of_another_kind_is_named_without_its_control_characters()
    {
        var error = Assert.Throws<UtafException>(() => Check(Statement("urn:x\\u001b[31m\\u202e" + new string('y', 500), "{}"))).Diagnostic;
        Assert.Equal("UTAF1331", error.Code);
        Assert.Contains("found urn:x[31myyy", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 600, error.Message);
    }

    [Fact]
    public void A_newer_format_asks_for_a_newer_tool() =>
        Assert.Equal("UTAF1332", CodeOf(Statement(Commitment.PredicateType, "{\"formatVersion\":2,\"all\":\"new\"}")));

    [Fact]
    public void Damaged_statements_end_in_an_error_or_in_no_match_never_in_a_crash() =>
        Gen.Select(Gen.Int[0, Made.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            var damaged = (byte[])Made.Clone();
            damaged[at] = value;
            try
            {
                var check = Check(damaged);

                // The artifact's name and white space may change; nothing else.
                Assert.True(!check.Matches || IsMeaningless(at, value) || damaged.AsSpan().SequenceEqual(Made), $"{at}: {value}");
            }
            catch (UtafException error)
            {
                Assert.StartsWith("UTAF133", error.Diagnostic.Code, StringComparison.Ordinal);
            }
        });

    private static bool IsMeaningless(int at, byte value)
    {
        var name = Encoding.UTF8.GetString(Made).IndexOf("\"name\": \"digits.pt\"", StringComparison.Ordinal);
        return (at >= name && at < name + 19) || ((char)value is ' ' or '\n' or '\r' or '\t' && (char)Made[at] is ' ' or '\n');
    }

    private static string Statement(string predicateType, string predicate) =>
        $$"""{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"{{predicateType}}","predicate":{{predicate}}}""";

    private static string Envelope(byte[] payload) => JsonSerializer.Serialize(new
    {
        payload = Convert.ToBase64String(payload),
        payloadType = "application/vnd.in-toto+json",
        signatures = new[] { new { sig = "c2lnbmVk", keyid = "" } },
    });

    private static string CodeOf(string content) => Assert.Throws<UtafException>(() => Check(content)).Diagnostic.Code;

    private static CommitmentCheck Check(string content) => Check(Encoding.UTF8.GetBytes(content));

    private static CommitmentCheck Check(byte[] content) =>
        Commitment.Check(content, SamplePairs.Pair, PairBytes, firstQuery: null, "here.intoto.json");
}
