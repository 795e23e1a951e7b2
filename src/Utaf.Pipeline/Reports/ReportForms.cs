namespace Utaf.Reports;

/// <summary>Every form that a report has.</summary>
public static class ReportForms
{
    /// <summary>In the order they are listed to users.</summary>
    public static IReadOnlyList<IReportForm> All { get; } =
        [new TextReport(), new JsonReport(), new MarkdownReport(), new SarifReport(), new HtmlReport()];

    /// <summary>The form of a name, in any case.</summary>
    /// <exception cref="UtafException">UTAF1650: there is no such form.</exception>
    public static IReportForm Find(string name) =>
        All.FirstOrDefault(form => form.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw Errors.UnknownReportForm(Untrusted.Line(name), All.Select(form => form.Name));
}
