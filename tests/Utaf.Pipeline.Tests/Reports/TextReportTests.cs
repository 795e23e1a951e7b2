using Utaf.Reports;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>The plain form.</summary>
public sealed class TextReportTests
{
    [Fact]
    public void The_columns_stand_below_each_other_in_any_script()
    {
        var lines = Render(SampleReports.Watch).Split('\n');
        Assert.Equal("5 verifications: 1 piracy suspected, 1 not verified, 2 inconclusive, 1 no piracy suspected.", lines[0]);
        Assert.Equal("Suspect           Model         Verdict                    p₊   p-value  Adjusted p  Answers", lines[3]);
        Assert.Equal("prices-api        digits@1.2.0  piracy suspected     0.982143  0.007692    0.038462  100/100", lines[4]);
        Assert.Equal("名前 🙂           digits@1.2.0  inconclusive                –         –           –   61/100", lines[6]);
    }

    [Fact]
    public void One_finding_needs_no_table()
    {
        var text = Render(SampleReports.One);
        Assert.StartsWith("1 verification: piracy suspected.\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("100/100", text, StringComparison.Ordinal);
        Assert.Contains("Committed                2026-03-25 10:30:15 UTC, before the suspect's first query\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_was_verified_it_says_so() =>
        Assert.StartsWith("Nothing was verified: there are no suspects.\n", Render(SampleReports.Empty), StringComparison.Ordinal);

    [Fact]
    public void A_strangers_text_adds_no_lines_and_moves_no_cursor()
    {
        var text = Render(SampleReports.Everything);
        Assert.DoesNotContain(text, letter => letter != '\n' && (char.IsControl(letter) || letter == '\u202E'));
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 1100));
    }

    private static string Render(VerificationReport report) => new TextReport().Render(report);
}
