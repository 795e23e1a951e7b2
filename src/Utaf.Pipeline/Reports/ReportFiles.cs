namespace Utaf.Reports;

/// <summary>Reports as files.</summary>
public static class ReportFiles
{
    /// <summary>The files' name without extension.</summary>
    public const string Name = "utaf-report";

    /// <summary>Writes a report in several forms, each file completely or not at all.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">The folder; made if it is missing. Reports that it holds already are replaced.</param>
    /// <param name="forms">Names of forms, see <see cref="ReportForms"/>.</param>
    /// <returns>The files' paths, in the order of the forms.</returns>
    /// <exception cref="UtafException">UTAF1650: there is no such form; nothing is written. UTAF1309: the folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(VerificationReport report, string folder, IEnumerable<string> forms)
    {
        ArgumentNullException.ThrowIfNull(forms);
        var found = forms.Select(ReportForms.Find).Distinct().ToList();
        return [.. found.Select(form => Write(report, folder, form))];
    }

    private static string Write(VerificationReport report, string folder, IReportForm form)
    {
        var path = Path.Combine(folder, Name + form.Extension);
        AtomicFile.WriteText(path, form.Render(report));
        return path;
    }
}
