using System.Globalization;

namespace Utaf.Data;

/// <summary>How a data file is to be read. The defaults suit a table whose last column is the label, and images with labels.</summary>
/// <param name="Label">
/// Tables: the label column by name, or by position in the file (0 is the first, -1 the last); several, separated by commas, give
/// several targets per example. Default: the last column. <c>none</c>, for every format: there are no labels.
/// </param>
/// <param name="SkipColumns">Tables: how many leading columns are dropped, because they identify the example. At least 0.</param>
/// <param name="Header">
/// Text tables: whether the first row has names. Default: it has when one of its cells is neither a number nor a missing value.
/// </param>
/// <param name="Delimiter">
/// Text tables: what separates the cells. Default: whichever of comma, semicolon and tab the first line has most of, else a space.
/// </param>
/// <param name="LabelScale">Targets are divided by it; finite, not 0.</param>
/// <param name="Scale">Inputs are divided by it, such as 255 for pixels; finite, not 0.</param>
/// <param name="Arrays">NPZ: the names of the input array and, after a comma, of the target array. Default: the customary names.</param>
/// <param name="LabelFile">
/// A file that holds the targets, in any format; then the data file has inputs only. Default for IDX: the labels found beside the images.
/// </param>
/// <param name="QueryColumn">
/// Tables: the column that says which query a row is a document of, by name or position; it is no input. Text, or numbers.
/// Default: there are no queries.
/// </param>
public sealed record DataOptions(
    string? Label = null,
    int SkipColumns = 0,
    bool? Header = null,
    char? Delimiter = null,
    double LabelScale = 1,
    double Scale = 1,
    string? Arrays = null,
    string? LabelFile = null,
    string? QueryColumn = null)
{
    /// <summary>The value of <see cref="Label"/> for data without labels.</summary>
    public const string NoLabel = "none";

    /// <summary>Whether the data is to be read without labels.</summary>
    public bool WithoutLabels => string.Equals(Label, NoLabel, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    internal void Validate()
    {
        if (SkipColumns < 0)
        {
            throw Errors.BadOption("--skip-columns", Text(SkipColumns), "0 or more");
        }

        if (!double.IsFinite(Scale) || Scale == 0)
        {
            throw Errors.BadOption("--scale", Text(Scale), "a finite number that is not 0");
        }

        if (!double.IsFinite(LabelScale) || LabelScale == 0)
        {
            throw Errors.BadOption("--label-scale", Text(LabelScale), "a finite number that is not 0");
        }

        if (Delimiter is { } delimiter
            && (char.IsAsciiLetterOrDigit(delimiter) || delimiter > '~' || "\"\r\n+-.".Contains(delimiter, StringComparison.Ordinal)))
        {
            throw Errors.BadOption(
                "--delimiter", delimiter.ToString(), "a character that is no part of a number, a word or a quotation, such as ',' or ';'");
        }

        if (LabelFile is not null && Label is not null && !WithoutLabels)
        {
            throw Errors.BadOption("--label", Label, "no label column, since --label-file gives the labels");
        }
    }

    /// <summary>Refuses a choice of columns for a format that has none, rather than ignore it.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    internal void RequireNoColumns(string what)
    {
        if (SkipColumns != 0)
        {
            throw Errors.BadOption("--skip-columns", Text(SkipColumns), $"0: {what} have no columns");
        }

        if (QueryColumn is not null)
        {
            throw Errors.BadOption("--query-column", QueryColumn, $"nothing: {what} have no columns");
        }

        if (Label is not null && !WithoutLabels)
        {
            throw Errors.BadOption("--label", Label, $"'none' or nothing: {what} have no columns");
        }
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
