using Utaf.Reports;
using Utaf.Tool.Output;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests.Output;

public sealed class GitHubStepTests : ToolTest
{
    private GitHubStep Step => new(PathOf("step"));

    [Fact]
    public void A_suspicion_of_many_is_told_in_outputs_summary_and_annotations()
    {
        Step.Write(Report(2), ["a.html", "b.sarif"], ["https://github.example/o/r/issues/1"]);

        var outputs = Read("outputs");
        Assert.Contains("verdict<<", outputs, StringComparison.Ordinal);
        Assert.Contains("\nnot-verified\n", outputs, StringComparison.Ordinal);
        Assert.Contains("\na.html\nb.sarif\n", outputs, StringComparison.Ordinal);
        Assert.Contains("\nb.sarif\n", outputs.Split("sarif-file")[1], StringComparison.Ordinal);
        Assert.StartsWith("\n\n", Read("summary.md"), StringComparison.Ordinal);
        Assert.Equal(2, Read("annotations").Trim().Split('\n').Length);
    }

    [Fact]
    public void A_suspect_s_words_end_no_output_and_begin_no_command()
    {
        Step.Write(Report(1, "rival\n::error::forged%0A\nutaf-0"), ["a\nverdict=no-piracy-suspected"], []);

        var annotation = Assert.Single(Read("annotations").Trim().Split('\n'));
        Assert.StartsWith("::warning title=not verified::", annotation, StringComparison.Ordinal);
        Assert.Contains("%250A", annotation, StringComparison.Ordinal);

        // What looks like an output stands inside another's delimiters.
        var outputs = Read("outputs").Split('\n');
        var delimiter = outputs[0].Split("<<")[1];
        var forged = Array.IndexOf(outputs, "verdict=no-piracy-suspected");
        Assert.True(Array.IndexOf(outputs, $"report<<{delimiter}") < forged && forged < Array.IndexOf(outputs, delimiter, forged));
    }

    [Fact]
    public void Annotations_are_ten_and_a_summary_fits()
    {
        Step.Write(Report(3000, new string('x', 300)), [], []);

        var annotations = Read("annotations").Trim().Split('\n');
        Assert.Equal(10, annotations.Length);
        Assert.Contains("2991 more", annotations[^1], StringComparison.Ordinal);
        Assert.InRange(new FileInfo(PathOf("step/summary.md")).Length, 100_000, 1024 * 1024);
    }

    [Fact]
    public async Task An_error_is_an_annotation_at_its_place()
    {
        Write("utaf.json", "{\n  \"stor\": {} }");

        await FailWithStepAsync("UTAF1011", "list", "--github-step", "step");

        Assert.StartsWith("::error title=UTAF1011,file=utaf.json,line=2::", Read("annotations"), StringComparison.Ordinal);
    }

    private static VerificationReport Report(int findings, string suspect = "rival") => new(
        "1.0.0",
        DateTimeOffset.UnixEpoch,
        [
            .. Enumerable.Range(0, findings).Select(_ => new SuspectFinding(suspect, TinyPair.Make().Manifest, new string('c', 64))
            {
                Failure = new Diagnostic("UTAF1601", ExitCode.Environment, "It does not answer.", "rival"),
            }),
        ]);

    private string Read(string name) => File.ReadAllText(PathOf(Path.Combine("step", name)));

    private async Task FailWithStepAsync(string code, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(code, result.StandardError, StringComparison.Ordinal);
    }
}
