using Utaf.Reports;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>Reports by name, and as files.</summary>
public sealed class ReportFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Every_form_becomes_a_file()
    {
        var paths = ReportFiles.Write(SampleReports.Watch, folder.File("reports"), ReportForms.All.Select(form => form.Name));

        Assert.Equal(
            ["utaf-report.txt", "utaf-report.json", "utaf-report.md", "utaf-report.sarif", "utaf-report.html"], paths.Select(Path.GetFileName));
        foreach (var (path, form) in paths.Zip(ReportForms.All))
        {
            Assert.Equal(form.Render(SampleReports.Watch), File.ReadAllText(path));
        }
    }

    [Fact]
    public void A_form_that_is_named_twice_is_written_once() =>
        Assert.Single(ReportFiles.Write(SampleReports.One, folder.Path, ["html", "HTML"]));

    [Fact]
    public void An_unknown_form_is_told_before_anything_is_written()
    {
        var error = Assert.Throws<UtafException>(() => ReportFiles.Write(SampleReports.One, folder.Path, ["json", "pdf\u001b[31m"]));
        Assert.Equal("UTAF1650", error.Diagnostic.Code);
        Assert.Equal("There is no report form 'pdf [31m', expected one of: text, json, markdown, sarif, html.", error.Diagnostic.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_same_report_is_the_same_text()
    {
        foreach (var form in ReportForms.All)
        {
            Assert.Equal(form.Render(SampleReports.Everything), form.Render(SampleReports.Everything));
        }
    }

    public void Dispose() => folder.Dispose();
}
