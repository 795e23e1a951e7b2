using System.Globalization;
using Microsoft.Build.Framework;
using Utaf.MSBuild.Text;

namespace Utaf.MSBuild;

/// <summary>Verifies the watch list of <c>utaf.json</c>, or the named suspects, with the stored pairs.</summary>
/// <remarks>The verdict is the report's. An exit code alone proves nothing: <c>dotnet tool run</c> ends with 1 when it finds no tool.</remarks>
public sealed class VerifySuspects : UtafToolTask
{
    private const int PiracySuspected = 1;
    private const int InconclusiveVerdict = 4;

    /// <summary>Names of the watch list, addresses of prediction APIs, or files; none for the whole watch list.</summary>
    public ITaskItem[] Suspects { get; set; } = [];

    /// <summary>The configuration; it need not exist.</summary>
    public string? Config { get; set; }

    /// <summary>Where the report is written, as JSON.</summary>
    [Required]
    public string Report { get; set; } = "";

    /// <summary>Whether a suspicion is an error; else it is a warning.</summary>
    public bool TreatPiracyAsError { get; set; }

    private string ReportPath => Path.GetFullPath(Path.Combine(Folder, Report));

    private string? ConfigPath => Config is { Length: > 0 } config && File.Exists(Path.Combine(Folder, config))
        ? Path.GetFullPath(Path.Combine(Folder, config))
        : null;

    private protected override string Purpose => "verifying suspects";

    private protected override IEnumerable<string> Command =>
        new[] { "watch", "--format=json", $"--output={ReportPath}" }.Concat(ConfigPath is { } config ? [$"--config={config}"] : []);

    private protected override IEnumerable<string> Arguments => Suspects.Select(suspect => suspect.ItemSpec);

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ReportPath)!);
            File.Delete(ReportPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problems.FolderUnwritable(ProjectFile, "BaseIntermediateOutputPath", Path.GetDirectoryName(ReportPath)!, exception.Message).Tell(Log);
            return false;
        }

        return base.Execute() && (ExitCode != 0 || TellClean());
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors() => TellFindings() ? !Log.HasLoggedErrors : base.HandleTaskExecutionErrors();

    private bool TellClean()
    {
        if (TellFindings())
        {
            return true;
        }

        TellFailure();
        return false;
    }

    private bool TellFindings()
    {
        var report = JsonReader.TryRead(ReportPath);
        var findings = report?["findings"]?.Items ?? [];
        foreach (var finding in findings)
        {
            Tell(finding);
        }

        return findings.Count > 0;
    }

    private void Tell(JsonValue finding)
    {
        var (file, line, column) = PlaceOf(finding["position"]);
        var suspect = finding["suspect"]?.Text ?? "";
        var model = $"{finding["model"]?["name"]?.Text} {finding["model"]?["version"]?.Text}";
        var reason = finding["reason"]?.Text ?? "";
        switch (Number(finding["exitCode"]))
        {
            case 0:
                Log.LogMessage(MessageImportance.Normal, "No piracy suspected: '{0}' does not match {1}.", suspect, model);
                break;
            case PiracySuspected:
                Problems.PiracySuspected(file, suspect, model, reason, TreatPiracyAsError, line, column).Tell(Log);
                break;
            case InconclusiveVerdict:
                Problems.Inconclusive(file, suspect, model, reason, line, column).Tell(Log);
                break;
            default:
                var failure = finding["failure"];
                Problems.NotVerified(file, failure?["code"]?.Text, suspect, failure?["message"]?.Text ?? "", line, column).Tell(Log);
                break;
        }
    }

    /// <summary>The suspect's line in the configuration; the report names the file as the repository has it.</summary>
    private (string File, int Line, int Column) PlaceOf(JsonValue? position) =>
        ConfigPath is { } config && position is not null
            ? (config, Number(position["line"]), Number(position["column"]))
            : (ProjectFile, 0, 0);

    private static int Number(JsonValue? value) =>
        int.TryParse(value?.Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
