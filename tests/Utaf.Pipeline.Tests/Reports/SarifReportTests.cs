using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Utaf.Configuration;
using Utaf.Reports;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>SARIF as code scanning reads it.</summary>
public sealed class SarifReportTests : IDisposable
{
    private static readonly Uri AboutTheTool = new("https://utaf.example/");

    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task The_official_validator_finds_no_error_and_nothing_to_warn_of()
    {
        foreach (var name in SampleReports.Names)
        {
            File.WriteAllText(folder.File($"{name.Data}.sarif"), new SarifReport(folder.Path, AboutTheTool).Render(SampleReports.Named(name)));
        }

        Assert.Empty(await ComplaintsAsync());
    }

    [Fact]
    public async Task Where_nobody_said_where_to_read_about_the_tool_that_is_all_the_validator_misses()
    {
        File.WriteAllText(folder.File("watch.sarif"), new SarifReport(folder.Path).Render(SampleReports.Watch));
        Assert.All(await ComplaintsAsync(), complaint => Assert.StartsWith("SARIF2005", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_validator_is_not_asleep()
    {
        var report = Parse(SampleReports.Watch);
        report["runs"]![0]!["results"]![0]!["ruleIndex"] = 17;
        File.WriteAllText(folder.File("wrong.sarif"), report.ToJsonString());
        Assert.NotEmpty(await ComplaintsAsync());
    }

    [Fact]
    public void Each_finding_but_a_clean_one_is_a_result()
    {
        var results = Results(SampleReports.Watch);
        Assert.Equal(
            [("UTAF0003", "warning"), ("UTAF0001", "error"), ("UTAF0002", "warning"), ("UTAF0002", "warning")],
            results.Select(result => ((string)result!["ruleId"]!, (string)result["level"]!)));
        Assert.Contains("UTAF1601", (string)results[0]!["message"]!["text"]!, StringComparison.Ordinal);
        Assert.Empty(Results(SampleReports.Empty));
    }

    [Fact]
    public void A_result_points_at_the_suspects_line_from_the_repositorys_root()
    {
        var finding = SampleReports.Stolen with { Position = new SourcePosition(folder.File("ml ops/utaf.json"), 31, 5) };
        var place = Results(SampleReports.Of(finding))[0]!["locations"]![0]!["physicalLocation"]!;
        Assert.Equal("ml%20ops/utaf.json", (string?)place["artifactLocation"]!["uri"]);
        Assert.Equal(31, (int)place["region"]!["startLine"]!);
        Assert.Equal(5, (int)place["region"]!["startColumn"]!);
    }

    [Fact]
    public void A_suspect_of_the_command_line_has_a_place_too()
    {
        var location = Results(SampleReports.Of(SampleReports.Doubtful))[0]!["locations"]![0]!;
        Assert.Equal("utaf.json", (string?)location["physicalLocation"]!["artifactLocation"]!["uri"]);
        Assert.Equal(1, (int)location["physicalLocation"]!["region"]!["startLine"]!);
        Assert.Equal("doubtful", (string?)location["logicalLocations"]![0]!["name"]);
    }

    [Fact]
    public void One_suspect_and_model_is_one_alert_whatever_else_changes()
    {
        var stolen = SampleReports.Stolen;
        var fingerprints = Results(SampleReports.Of(
            stolen,
            stolen with { Position = null, AdjustedPValue = null, PairSha256 = new string('9', 64), Verdict = stolen.Verdict! with { MatchingRate = 0.7 } },
            stolen with { Suspect = "another" },
            stolen with { Manifest = stolen.Manifest with { Model = stolen.Manifest.Model with { Name = "another" } } }))
            .Select(result => result!["partialFingerprints"]!.ToJsonString()).ToList();

        Assert.Equal(fingerprints[0], fingerprints[1]);
        Assert.Equal(3, fingerprints.Distinct().Count());
    }

    [Theory]
    [InlineData("1.2.3-beta.1+build", "1.2.3-beta.1+build")]
    [InlineData("1.2", null)]
    [InlineData("", null)]
    public void Only_a_semantic_version_is_called_one(string version, string? semantic)
    {
        var driver = Parse(SampleReports.Watch with { ToolVersion = version })["runs"]![0]!["tool"]!["driver"]!;
        Assert.Equal(semantic, (string?)driver["semanticVersion"]);
        Assert.Equal(version.Length == 0 ? null : version, (string?)driver["version"]);
    }

    [Fact]
    public void Runs_of_one_kind_are_compared()
    {
        var id = (string)Parse(SampleReports.Watch)["runs"]![0]!["automationDetails"]!["id"]!;
        Assert.Equal("utaf/20260504T103015Z", id);
    }

    public void Dispose() => folder.Dispose();

    private JsonNode Parse(VerificationReport report) => JsonNode.Parse(new SarifReport(folder.Path).Render(report))!;

    private JsonArray Results(VerificationReport report) => Parse(report)["runs"]![0]!["results"]!.AsArray();

    /// <summary>Errors and warnings about the folder's files.</summary>
    private async Task<IReadOnlyList<string>> ComplaintsAsync()
    {
        Peers.Peers.Require(OperatingSystem.IsLinux(), "the validator of tests/peers is Linux's");
        var files = Directory.GetFiles(folder.Path, "*.sarif");
        var output = folder.File("complaints.json");
        var run = await Cli.Wrap(Peers.Peers.Script("@microsoft/sarif-multitool-linux/Sarif.Multitool"))
            .WithArguments(["validate", .. files, "--output", output, "--level", "Error;Warning"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(output), run.StandardOutput + run.StandardError);
        var results = JsonNode.Parse(File.ReadAllText(output))!["runs"]!.AsArray().SelectMany(checking => checking!["results"]?.AsArray() ?? []);
        return [.. results.Select(result => $"{result!["ruleId"]} {result["message"]}")];
    }
}
