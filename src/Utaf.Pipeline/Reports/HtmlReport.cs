using System.Security.Cryptography;
using System.Text;

namespace Utaf.Reports;

/// <summary>
/// One page for people that needs nothing but itself: no script, no font, no picture from elsewhere, which its own content
/// security policy also forbids.
/// </summary>
public sealed class HtmlReport : IReportForm
{
    private static readonly Lazy<string> Style = new(ReadStyle);

    /// <inheritdoc/>
    public string Name => "html";

    /// <inheritdoc/>
    public string Extension => ".html";

    /// <inheritdoc/>
    public string Render(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new HtmlPage();
        AddHead(page, report);
        var findings = report.BySeverity.ToList();
        if (findings.Count > 1)
        {
            AddSummary(page, findings);
        }

        foreach (var (index, finding) in findings.Index())
        {
            HtmlFinding.Add(page, finding, $"finding-{index + 1}");
        }

        page.Add($"</main>\n<footer><p>Made by {ReportWords.Origin(report)}. This page holds no fingerprint inputs, no raw answers and no secrets.</p></footer>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>The class that colours a verdict.</summary>
    internal static string ToneOf(SuspectFinding finding) => finding.ExitCode switch
    {
        ExitCode.PiracySuspected => "bad",
        ExitCode.NoPiracySuspected => "good",
        _ => "open",
    };

    private static void AddHead(HtmlPage page, VerificationReport report)
    {
        var policy = $"default-src 'none'; img-src data:; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style.Value)))}'; base-uri 'none'; form-action 'none'";
        page.Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>Model verification: {ReportWords.Summary(report)}</title>
            <link rel="icon" href="data:,">
            <style>
            """);
        page.AddStyle(Style.Value);
        page.Add($"""
            </style>
            </head>
            <body>
            <svg class="shapes" aria-hidden="true" focusable="false"><defs>
            <circle id="mark-honest" r="4"/>
            <path id="mark-stolen" d="M0-4.8 4.8 3.8H-4.8Z"/>
            <path id="mark-suspect" d="M0-8.5 8.5 0 0 8.5-8.5 0Z"/>
            </defs></svg>
            <header>
            <p class="kicker">UTAF</p>
            <h1>Model verification</h1>
            <p class="lead">{ReportWords.Summary(report)}</p>
            <p class="meta">{ReportWords.Origin(report)}</p>
            </header>
            <main>

            """);
    }

    private static void AddSummary(HtmlPage page, List<SuspectFinding> findings)
    {
        page.Add($"<section aria-labelledby=\"summary\"><h2 id=\"summary\">All suspects</h2>\n<table class=\"summary\" role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (var column in ReportWords.Columns)
        {
            page.Add($"<th role=\"columnheader\" scope=\"col\" class=\"{(column.IsNumber ? "number" : "text")}\">{column.Heading}</th>");
        }

        page.Add($"</tr></thead>\n<tbody role=\"rowgroup\">\n");
        foreach (var (index, finding) in findings.Index())
        {
            AddRow(page, finding, $"#finding-{index + 1}");
        }

        page.Add($"</tbody></table></section>\n");
    }

    private static void AddRow(HtmlPage page, SuspectFinding finding, string anchor)
    {
        var cells = ReportWords.Row(finding);
        page.Add($"<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"{anchor}\">{cells[0]}</a></th>");
        for (var i = 1; i < cells.Count; i++)
        {
            var (column, cell) = (ReportWords.Columns[i], cells[i]);
            page.Add($"<td role=\"cell\" data-label=\"{column.Heading}\" class=\"{(column.IsNumber ? "number" : "text")}\">");
            if (i == ReportWords.VerdictColumn)
            {
                page.Add($"<span class=\"badge {ToneOf(finding)}\">{cell}</span></td>");
            }
            else
            {
                page.Add($"{cell}</td>");
            }
        }

        page.Add($"</tr>\n");
    }

    /// <summary>With a line end before it: the policy's digest is of everything between the tags.</summary>
    private static string ReadStyle()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!);
        return "\n" + reader.ReadToEnd();
    }
}
