using Microsoft.Build.Framework;
using Utaf.MSBuild.Models;
using Utaf.MSBuild.Text;

namespace Utaf.MSBuild;

/// <summary>Fingerprints one model, and leaves its result, its public manifest and its commitment.</summary>
/// <remarks>
/// The result is what a later build compares times with: it is taken away first and appears last, so that nothing that failed
/// halfway looks done.
/// </remarks>
public sealed class FingerprintModel : UtafToolTask
{
    /// <summary>A model that <see cref="PrepareModels"/> made ready.</summary>
    [Required]
    public ITaskItem Model { get; set; } = null!;

    private string Result => Model.GetMetadata(PreparedModel.Result);

    private string Manifest => Model.GetMetadata(PreparedModel.Manifest);

    private string Unfinished => Result + ".unfinished";

    private protected override string Purpose => $"fingerprinting {Model.ItemSpec}";

    private protected override IEnumerable<string> Command =>
        new ModelRequest(Model, Folder).Words
            .Prepend("fingerprint")
            .Concat([$"--commitment={Model.GetMetadata(PreparedModel.Commitment)}", "--format=json", $"--output={Unfinished}"]);

    /// <inheritdoc/>
    public override bool Execute()
    {
        var asked = DateTime.UtcNow;
        try
        {
            // Another build of this project, for another framework or runtime, may be at the same model: then one waits for the other.
            using var turn = Turn.Wait(Result + ".lock", () => IsStopped);
            if (turn is null)
            {
                return false;
            }

            if (File.Exists(Result) && File.GetLastWriteTimeUtc(Result) >= asked)
            {
                return true;
            }

            File.Delete(Result);
            File.Delete(Manifest);
            Log.LogMessage(MessageImportance.High, "{0} is being fingerprinted.", Model.ItemSpec);
            MoreArguments = string.Join(" ", new[] { MoreArguments, Model.GetMetadata("Arguments") }.Where(text => text is { Length: > 0 }));
            return base.Execute() && Finish();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problems.FolderUnwritable(ProjectFile, "UtafOutputDirectory", Path.GetDirectoryName(Manifest)!, exception.Message).Tell(Log);
            return false;
        }
        finally
        {
            Discard(Unfinished);
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What could not be written cannot be deleted; the error was told.
        }
    }

    private bool Finish()
    {
        var document = JsonReader.TryRead(Unfinished);
        if (document?["manifest"] is not { } manifest)
        {
            TellFailure();
            return false;
        }

        // The document also says where the store and the ensemble are on this machine; the manifest alone is for everybody.
        File.WriteAllText(Unfinished + ".manifest", manifest.Raw.Replace("\n  ", "\n") + "\n");
        File.Move(Unfinished + ".manifest", Manifest);
        File.Move(Unfinished, Result);
        var identity = manifest["model"];
        Log.LogMessage(
            MessageImportance.High,
            "{0} -> {1} {2}, pair {3} in {4}",
            Model.ItemSpec,
            identity?["name"]?.Text,
            identity?["version"]?.Text,
            document["sha256"]?.Text,
            document["store"]?.Text);
        return true;
    }
}
