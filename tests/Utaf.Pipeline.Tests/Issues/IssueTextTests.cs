using CsCheck;
using Utaf.Issues;
using Utaf.Pipeline.Tests.Reports;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Issues;

public sealed class IssueTextTests
{
    private static readonly ReportedState State = ReportedState.Of(Reporting.Stolen, Reporting.Stolen.Verdict!, "e1", SampleReports.Time);

    [Fact]
    public void A_template_of_ones_own_is_filled_once()
    {
        var (title, body) = Filled("\uFEFF# About {{ suspect }}\r\n\r\n{{why}}\r\n\r\n\r\n{{earlier}}\r\n\r\n{{matching-rate}} > {{threshold}}, {{p-value}}\r\n", "{{why}}");

        Assert.Equal("About `{{why}}`", title);
        Assert.EndsWith("-->\n\nThe matching rate 0.982143 is above the threshold 0.5 (p-value 0.007692 from 129 held-out negatives).\n\n0.982143 > 0.5, 0.007692\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_becomes_too_long_is_refused()
    {
        var template = $"# t\n{string.Concat(Enumerable.Repeat("{{evidence}}\n", 1000))}";

        Assert.Equal("UTAF1712", Assert.Throws<UtafException>(() => Filled(template, "s")).Diagnostic.Code);
    }

    [Fact]
    public void A_marker_is_found_for_its_own_names_only() => Gen.Select(Gen.String, Gen.String, Gen.String, Gen.String).Sample((model, suspect, otherModel, otherSuspect) =>
    {
        var marker = new IssueMarker(Valid(model), Valid(suspect));
        var same = (Valid(model), Valid(suspect)) == (Valid(otherModel), Valid(otherSuspect));

        Assert.True(marker.IsIn($"{marker.Line}\r\ntext"));
        Assert.Equal(same, new IssueMarker(Valid(otherModel), Valid(otherSuspect)).IsIn(marker.Line));
        Assert.DoesNotContain('>', marker.Line[..^1]);
        Assert.DoesNotContain('\n', marker.Line);
    });

    [Theory]
    [InlineData("digits", "a b", "digits a", "b")]
    [InlineData("digits", "x suspect=y", "digits", "x")]
    public void Names_do_not_run_together(string model, string suspect, string otherModel, string otherSuspect) =>
        Assert.NotEqual(new IssueMarker(model, suspect).Line, new IssueMarker(otherModel, otherSuspect).Line);

    [Fact]
    public void Long_names_that_differ_at_their_ends_have_markers_that_differ()
    {
        var name = new string('x', 5000);

        Assert.NotEqual(new IssueMarker("m", name + "1").Line, new IssueMarker("m", name + "2").Line);
        Assert.InRange(new IssueMarker(name, name).Line.Length, 1, 500);
    }

    [Fact]
    public void What_was_reported_is_read_again() => Gen.String.Sample(version =>
    {
        var state = State with { Version = Valid(version) };

        Assert.Equal([state], ReportedState.In($"before\n{state.Line}\r\nafter"));
        Assert.DoesNotContain('>', state.Line[..^1]);
    });

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"evidence":null,"reportedUtc":"2026-05-04T10:30:15Z","verdict":"v","version":"1","pair":"p"}""")]
    public void A_damaged_line_is_passed_over(string json) => Assert.Empty(ReportedState.In($"<!-- utaf:report {json} -->"));

    [Fact]
    public void A_line_that_is_quoted_is_not_read() => Assert.Empty(ReportedState.In($"> {State.Line}\n    {State.Line}"));

    private static string Valid(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    private static (string Title, string Body) Filled(string template, string suspect)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("issue.md"), template);
        var text = new IssueText(Reporting.Stolen with { Suspect = suspect }, Reporting.Stolen.Verdict!);
        var read = IssueTemplate.Load(folder.File("issue.md"));
        return (text.Title(read), text.Body(read, new IssueMarker("digits", suspect), State, []));
    }
}
