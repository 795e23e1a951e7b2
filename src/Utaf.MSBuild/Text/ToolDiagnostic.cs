using System.Globalization;
using System.Text.RegularExpressions;

namespace Utaf.MSBuild.Text;

/// <summary>One line of the tool that is an error or a warning: <c>utaf.json(2,14) : error UTAF1011: …</c>.</summary>
/// <param name="origin">A file, a store, a suspect or a part of the tool.</param>
/// <param name="line">From 1; 0 if there is none.</param>
/// <param name="column">From 1; 0 if there is none.</param>
/// <param name="isError">Else it is a warning.</param>
/// <param name="code">Such as UTAF1011.</param>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class ToolDiagnostic(string origin, int line, int column, bool isError, string code, string message)
{
    private const string Itself = "utaf";

    private static readonly Regex Form = new(
        @"^\s*(?<origin>.+?)(\((?<line>\d{1,9})(,(?<column>\d{1,9}))?\))?\s?: (?<kind>error|warning) (?<code>UTAF\d{4}): (?<message>.*)$",
        RegexOptions.CultureInvariant);

    /// <summary>Reads a line; null if it is none.</summary>
    public static ToolDiagnostic? Parse(string text)
    {
        var found = Form.Match(text);
        return found.Success
            ? new(
                found.Groups["origin"].Value,
                Number(found.Groups["line"].Value),
                Number(found.Groups["column"].Value),
                found.Groups["kind"].Value == "error",
                found.Groups["code"].Value,
                found.Groups["message"].Value)
            : null;

        static int Number(string digits) => digits.Length == 0 ? 0 : int.Parse(digits, CultureInfo.InvariantCulture);
    }

    /// <summary>The same at a file that an editor can open.</summary>
    /// <param name="folder">The folder that the tool ran in, where its relative paths begin.</param>
    /// <param name="project">The file for what has no file of its own; the origin is then part of the message.</param>
    public Problem At(string folder, string project) => FileOf(folder) is { } file
        ? new(code, file, message, isError, line, column)
        : new(code, project, origin == Itself ? message : $"{origin}: {message}", isError);

    private string? FileOf(string folder)
    {
        try
        {
            var path = Path.GetFullPath(Path.Combine(folder, origin));
            return File.Exists(path) ? path : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or IOException)
        {
            return null;
        }
    }
}
