namespace Utaf.Reports;

/// <summary>One form of the report.</summary>
public interface IReportForm
{
    /// <summary>Its name on the command line and in <c>utaf.json</c>.</summary>
    public string Name { get; }

    /// <summary>The extension of its files, with the dot.</summary>
    public string Extension { get; }

    /// <summary>The whole document; it ends with a line end.</summary>
    public string Render(VerificationReport report);
}
