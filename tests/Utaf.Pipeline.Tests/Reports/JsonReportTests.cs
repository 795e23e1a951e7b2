using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using NJsonSchema;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>The JSON form and its published schema.</summary>
public sealed class JsonReportTests
{
    private static readonly Gen<SuspectFinding> AnyFinding =
        from name in Gen.String
        from text in Gen.String
        from rate in Gen.Double[0, 1].Nullable()
        from decision in Gen.Enum<Decision>()
        from kind in Gen.Int[0, 5]
        from count in Gen.Int[0, int.MaxValue]
        from flag in Gen.Bool.Nullable()
        from time in Gen.DateTimeOffset.Nullable()
        select kind switch
        {
            0 => SampleReports.Failed with { Suspect = name, Failure = new("UTAF1602", ExitCode.Environment, text, text) },
            1 => SampleReports.Hostile,
            2 => new SuspectFinding(name, SampleReports.Manifest, SampleReports.Stolen.PairSha256),
            _ => SampleReports.Scored(name, rate, decision) with
            {
                Address = text,
                AdjustedPValue = rate is { } p ? Math.Max(p, 1e-6) : null,
                Transcript = kind == 3 ? null : new(count, count, count, count, time, time, new string('0', 64), text, [text, name]),
                Commitment = kind == 4 ? null : new(text, flag ?? true, time, flag, text),
            },
        };

    public static TheoryData<string, string> Damages => new()
    {
        { "$", "findings" },
        { "$.findings[0]", "suspect" },
        { "$.findings[0]", "decision" },
        { "$.findings[0]", "answerDigest" },
        { "$.findings[0].model", "artifactSha256" },
        { "$.findings[0].transcript", "sha256" },
        { "$.findings[0].commitment", "matches" },
    };

    public static TheoryData<string, string, string> Changes => new()
    {
        { "$", "formatVersion", "2" },
        { "$", "exitCode", "5" },
        { "$", "extra", "1" },
        { "$.findings[0]", "decision", "\"clean\"" },
        { "$.findings[0]", "matchingRate", "1.01" },
        { "$.findings[0]", "matchingRate", "\"0.5\"" },
        { "$.findings[0]", "pValue", "0" },
        { "$.findings[0]", "pairSha256", "\"abc\"" },
        { "$.findings[0]", "answered", "-1" },
        { "$.findings[0]", "fingerprint", "[0.1]" },
        { "$.findings[0]", "failure", "{\"message\": \"both\"}" },
        { "$.findings[0].position", "line", "0" },
    };

    [Theory]
    [MemberData(nameof(SampleReports.Names), MemberType = typeof(SampleReports))]
    public async Task Reports_are_as_the_schema_says(string name) =>
        Assert.Empty((await SchemaAsync()).Validate(Render(SampleReports.Named(name))));

    [Fact]
    public async Task Whatever_was_found_the_report_is_as_the_schema_says()
    {
        var schema = await SchemaAsync();
        AnyFinding.Array[0, 5].Sample(findings => Assert.Empty(schema.Validate(Render(SampleReports.Of(findings)))), iter: 500);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task The_schema_misses_what_is_missing(string at, string key) => await RejectsAsync(at, place => place.Remove(key));

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task The_schema_refuses_what_is_wrong(string at, string key, string value) =>
        await RejectsAsync(at, place => place[key] = JsonNode.Parse(value));

    [Fact]
    public void A_finding_has_the_keys_of_its_verdict()
    {
        var finding = JsonNode.Parse(Render(SampleReports.One))!["findings"]![0]!.AsObject();
        var verdict = JsonSerializer.SerializeToNode(SampleReports.Stolen.Verdict, JsonSerializerOptions.Web)!.AsObject();
        foreach (var (key, value) in verdict)
        {
            Assert.True(JsonNode.DeepEquals(value, finding[key]), key);
        }
    }

    [Fact]
    public void Folders_of_this_machine_stay_here()
    {
        var outside = Path.Combine(Path.GetTempPath(), "somebody", "transcript.jsonl");
        var finding = SampleReports.Stolen with
        {
            Address = outside,
            Position = new(outside, 1, 1),
            Transcript = SampleReports.Stolen.Transcript! with { File = outside },
            Commitment = SampleReports.Stolen.Commitment! with { Statement = outside },
        };
        foreach (var form in ReportForms.All)
        {
            var text = form.Render(SampleReports.Of(finding, finding with { Verdict = null, Failure = new("UTAF1002", ExitCode.Usage, "There is no such file.", outside) }));
            Assert.DoesNotContain("somebody", text, StringComparison.Ordinal);
            Assert.Contains("transcript.jsonl", text, StringComparison.Ordinal);
        }
    }

    private static string Render(VerificationReport report) => new JsonReport().Render(report);

    private static Task<JsonSchema> SchemaAsync() =>
        JsonSchema.FromFileAsync(Path.Combine(Peers.Peers.Folder, "..", "..", "templates", "utaf-report.schema.json"));

    /// <param name="at">$, or a path of keys and one index from it.</param>
    /// <param name="change">Applied to the object there.</param>
    private static async Task RejectsAsync(string at, Action<JsonObject> change)
    {
        var report = JsonNode.Parse(Render(SampleReports.One))!;
        var place = at.Split('.')[1..].Aggregate(report, (node, step) => step == "findings[0]" ? node["findings"]![0]! : node[step]!);
        change(place.AsObject());
        Assert.NotEmpty((await SchemaAsync()).Validate(report.ToJsonString()));
    }
}
