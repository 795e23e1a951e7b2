using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Utaf.Reports;
using Utaf.Tool.Documents;
using Utaf.Tool.Output;
using Utaf.Tool.Tests.Support;
using Utaf.Verification;

namespace Utaf.Tool.Tests.Documents;

/// <summary>What verify and watch show on a terminal.</summary>
public sealed class ReportDocumentTests
{
    private static readonly string Sha256 = new('c', 64);

    [Fact]
    public void One_finding_is_shown_with_all_its_facts()
    {
        var text = Text(Of(Finding("rival", 0.9, Decision.PiracySuspected)), colours: false);
        Assert.Contains("Verdict                  piracy suspected\n", text, StringComparison.Ordinal);
        Assert.Contains("Matching rate            p₊ = 0.9, threshold ρ = 0.4\n", text, StringComparison.Ordinal);
        Assert.Contains($"Answers, SHA-256         {new string('2', 64)}\n", text, StringComparison.Ordinal);
        Assert.Contains("Commitment               none was found\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_are_a_table_with_the_failures_below()
    {
        var report = Of(Finding("honest", 0.1, Decision.NoPiracySuspected), Failed("gone\u001b[31m"), Finding("rival", 0.9, Decision.PiracySuspected));
        var text = Text(report, colours: false);
        Assert.Contains("3 verifications: 1 piracy suspected, 1 not verified, 1 no piracy suspected.\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\ngone [31m: UTAF1601: The pair was made for a model with 1 outputs, the suspect has 3. It is another task, or its answers need mapping.\n", text, StringComparison.Ordinal);
        Assert.Matches(@"rival\s.*tiny@1\.2\.3\s.*piracy suspected\s.*0\.9", text);
        Assert.True(text.IndexOf("rival", StringComparison.Ordinal) < text.IndexOf("honest", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdicts_have_colours_where_they_are_welcome()
    {
        var bad = Regex.Match(Text(Of(Finding("rival", 0.9, Decision.PiracySuspected)), colours: true), "\u001b\\[([0-9]+)mpiracy suspected");
        var good = Regex.Match(Text(Of(Finding("honest", 0.1, Decision.NoPiracySuspected)), colours: true), "\u001b\\[([0-9]+)mno piracy suspected");
        Assert.True(bad.Success && good.Success);
        Assert.NotEqual(bad.Groups[1].Value, good.Groups[1].Value);
    }

    [Fact]
    public void Nothing_to_verify_is_said() => Assert.Equal("Nothing was verified: there are no suspects.\n", Text(Of(), colours: false));

    [Fact]
    public void Its_json_is_the_reports()
    {
        var report = Of(Finding("rival", 0.9, Decision.PiracySuspected));
        var json = new ReportDocument(report).ToJson();
        Assert.Equal(new JsonReport().Render(report), json + "\n");
        Assert.Equal("rival", (string?)JsonNode.Parse(json)!["findings"]![0]!["suspect"]);
    }

    private static VerificationReport Of(params SuspectFinding[] findings) => new("0.1.0", DateTimeOffset.UnixEpoch, findings);

    private static SuspectFinding Finding(string suspect, double rate, Decision decision)
    {
        var manifest = TinyPair.Make().Manifest;
        return new(suspect, manifest, Sha256)
        {
            Verdict = new Verdict(
                suspect, manifest.Model, Sha256, rate, manifest.Threshold, decision, "By hand.", 0.25, 0.25, null, 4, 4, new string('1', 64), new string('2', 64), "raw"),
        };
    }

    private static SuspectFinding Failed(string suspect) =>
        new(suspect, TinyPair.Make().Manifest, Sha256) { Failure = Errors.SuspectWidth("gone", 1, 3).Diagnostic };

    private static string Text(VerificationReport report, bool colours)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new ReportDocument(report).WriteTo(new TextPage(writer, colours, Terminal.FileWidth));
        return string.Concat(writer.ToString().Split('\n').Select(line => line.TrimEnd() + "\n"))[..^1];
    }
}
