namespace Utaf.MSBuild;

/// <summary>
/// Every error and warning of the build itself, UTAF0001 to UTAF0099; those of the tool begin with UTAF1000. Each stands at the
/// project's file, where the item or property is that can cure it.
/// </summary>
internal static class Problems
{
    private const string Install = "dotnet tool install --global Utaf.Tool --version";

    /// <summary>There is no tool.</summary>
    public static Problem ToolNotFound(string project, string version) =>
        Error("UTAF0001", project, $"The tool was not found: no UtafToolPath, no local manifest with Utaf.Tool, no dotnet-utaf on the PATH. Install it with: {Install} {version}");

    /// <summary>The tool is not where the project says, or does not start there.</summary>
    public static Problem ToolNotAt(string project, string path, string detail, string version) =>
        Error("UTAF0001", project, $"UtafToolPath is '{path}', expected the tool dotnet-utaf or the folder that it is in: {detail} Correct it, or leave it out and install the tool with: {Install} {version}");

    /// <summary>The tool has another version than the package.</summary>
    public static Problem OtherVersion(string project, string tool, string found, string expected) =>
        Warning("UTAF0002", project, $"{tool} has version {found}, the package Utaf.MSBuild has {expected}. Bring them to one version, such as with: dotnet tool update Utaf.Tool --version {expected}");

    /// <summary>The tool ended without a result and without saying why: it crashed, or somebody killed it.</summary>
    public static Problem ToolFailed(string project, string purpose, int exitCode, string lastWords)
    {
        // What shells and .NET make of a signal's number: https://tldp.org/LDP/abs/html/exitcodes.html.
        var how = exitCode is > 128 and < 160 ? $"was ended by signal {exitCode - 128}" : $"ended with exit code {exitCode} and no result";
        var words = lastWords.Length == 0 ? "It said nothing." : $"It said last: {lastWords}";
        return Error("UTAF0003", project, $"The tool {how} ({purpose}). {words} Nothing was published. Run the build again: what was finished is kept; -p:UtafVerbosity=diagnostic tells more.");
    }

    /// <summary>A model's file is not there.</summary>
    public static Problem ModelMissing(string project, string item, string path) =>
        Error("UTAF0004", project, $"The UtafModel '{item}' is not there: expected the file {path}. Correct the item, or make the model before it is published.");

    /// <summary>Two items are one model, or have one name.</summary>
    public static Problem ModelTwice(string project, string first, string second, string what) =>
        Error("UTAF0005", project, $"The UtafModel '{first}' and the UtafModel '{second}' have the same {what}. Remove one of them, or give each a Name of its own.");

    /// <summary>The build's own files have no place.</summary>
    public static Problem FolderUnwritable(string project, string property, string folder, string detail) =>
        Error("UTAF0006", project, $"The folder {folder} cannot be written: {detail} Free it, check its permissions and the disk, or choose another with {property}.");

    /// <summary>The build was stopped.</summary>
    public static Problem Stopped(string project, string purpose) =>
        Warning("UTAF0007", project, $"The tool was stopped ({purpose}). Nothing was left half-written, and the next build goes on from there.");

    /// <summary>A suspect is suspected.</summary>
    public static Problem PiracySuspected(string file, string suspect, string model, string reason, bool asError, int line, int column) =>
        new("UTAF0010", file, $"Piracy suspected: '{suspect}' matches {model}. {reason}", asError, line, column);

    /// <summary>A suspect could be neither suspected nor cleared.</summary>
    public static Problem Inconclusive(string file, string suspect, string model, string reason, int line, int column) =>
        new("UTAF0011", file, $"Inconclusive: '{suspect}' may or may not be a copy of {model}. {reason}", isError: false, line, column);

    /// <summary>A suspect could not be verified.</summary>
    public static Problem NotVerified(string file, string? code, string suspect, string detail, int line, int column) =>
        new(code ?? "UTAF0012", file, $"'{suspect}' could not be verified: {detail}", isError: true, line, column);

    private static Problem Error(string code, string project, string message) => new(code, project, message, isError: true);

    private static Problem Warning(string code, string project, string message) => new(code, project, message, isError: false);
}
