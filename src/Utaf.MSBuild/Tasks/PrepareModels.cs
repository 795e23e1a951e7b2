using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Utaf.MSBuild.Models;

namespace Utaf.MSBuild;

/// <summary>Checks the models before any work is done, and tells MSBuild what each depends on and where its results go.</summary>
public sealed class PrepareModels : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private volatile bool stopped;

    /// <summary>The items of the project.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The project's file.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Where the results are kept.</summary>
    [Required]
    public string IntermediateFolder { get; set; } = "";

    /// <summary>Where the public manifests and commitments go.</summary>
    [Required]
    public string OutputFolder { get; set; } = "";

    /// <summary>The configuration of models that name none; it need not exist.</summary>
    public string? Config { get; set; }

    /// <summary>The store's address.</summary>
    public string? Store { get; set; }

    /// <summary>More arguments for the tool.</summary>
    public string? MoreArguments { get; set; }

    /// <summary>The models, each with what it depends on and where its results go.</summary>
    [Output]
    public ITaskItem[] Prepared { get; set; } = [];

    private string Folder => Path.GetDirectoryName(Path.GetFullPath(ProjectFile))!;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!Writable(IntermediateFolder, "BaseIntermediateOutputPath") || !Writable(OutputFolder, "UtafOutputDirectory"))
        {
            return false;
        }

        Prepared = [.. Models.Select(Prepare)];
        CheckTwice("file", StringComparer.Ordinal, item => new ModelRequest(item, Folder).File);
        CheckTwice("name", StringComparer.OrdinalIgnoreCase, item => Path.GetFileNameWithoutExtension(item.GetMetadata(PreparedModel.Result)));
        return !stopped && !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => stopped = true;

    private TaskItem Prepare(ITaskItem model)
    {
        var prepared = new TaskItem(model);
        if (model.GetMetadata("Config").Length == 0 && Config is { Length: > 0 } usual && File.Exists(Path.Combine(Folder, usual)))
        {
            prepared.SetMetadata("Config", Escape(usual));
        }

        var request = new ModelRequest(prepared, Folder);
        if (!File.Exists(request.File))
        {
            Problems.ModelMissing(ProjectFile, model.ItemSpec, request.File).Tell(Log);
        }

        var configured = ConfiguredModel.Find(request.Config, request.File);
        var name = request.Name(configured);
        var asked = Path.Combine(Absolute(IntermediateFolder), $"{name}.request");
        var (result, manifest, commitment) = (
            Path.Combine(Absolute(IntermediateFolder), $"{name}.json"),
            Path.Combine(Absolute(OutputFolder), $"{name}.manifest.json"),
            Path.Combine(Absolute(OutputFolder), $"{name}.intoto.json"));
        try
        {
            Remember(asked, request.Fixed($"{Store} {MoreArguments}", configured));
            if (!File.Exists(manifest) || !File.Exists(commitment))
            {
                File.Delete(result);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problems.FolderUnwritable(ProjectFile, "BaseIntermediateOutputPath", Absolute(IntermediateFolder), exception.Message).Tell(Log);
        }

        prepared.SetMetadata(PreparedModel.Result, Escape(result));
        prepared.SetMetadata(PreparedModel.Manifest, Escape(manifest));
        prepared.SetMetadata(PreparedModel.Commitment, Escape(commitment));

        // A folder has no time that tells a change of its files: what it holds is part of the request.
        var inputs = request.Paths.Concat(configured?.Paths ?? []).Where(path => !Directory.Exists(path)).Prepend(request.File).Append(asked);
        prepared.SetMetadata(PreparedModel.Inputs, string.Join(";", inputs.Distinct().Select(Escape)));
        return prepared;
    }

    /// <summary>MSBuild's own characters, as it writes them where they are only letters of a path.</summary>
    private static string Escape(string path) => path.IndexOfAny(['%', '*', '?', '@', '$', '(', ')', ';', '\'']) < 0
        ? path
        : string.Concat(path.Select(letter => "%*?@$();'".IndexOf(letter) < 0 ? $"{letter}" : $"%{(int)letter:x2}"));

    /// <summary>
    /// Changes a file only if its content changes, so that its time tells when what is asked changed. Builds of several frameworks
    /// come here at the same time: each reads and writes in its turn.
    /// </summary>
    private void Remember(string path, IEnumerable<string> lines)
    {
        var text = new UTF8Encoding(false).GetBytes(string.Join("\n", lines) + "\n");
        using var file = Turn.Wait(path, () => stopped);
        if (file is null)
        {
            return;
        }

        using var known = new MemoryStream();
        file.CopyTo(known);
        if (!known.ToArray().SequenceEqual(text))
        {
            file.SetLength(0);
            file.Write(text, 0, text.Length);
        }
    }

    private string Absolute(string path) => Path.GetFullPath(Path.Combine(Folder, path));

    private bool Writable(string folder, string property)
    {
        var path = Absolute(folder);
        try
        {
            Directory.CreateDirectory(path);
            var probe = Path.Combine(path, $".{Guid.NewGuid():N}.tmp");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problems.FolderUnwritable(ProjectFile, property, path, exception.Message).Tell(Log);
            return false;
        }
    }

    private void CheckTwice(string what, StringComparer comparer, Func<ITaskItem, string> key)
    {
        foreach (var same in Prepared.GroupBy(key, comparer).Where(group => group.Count() > 1))
        {
            Problems.ModelTwice(ProjectFile, same.First().ItemSpec, same.Last().ItemSpec, $"{what}, {same.Key}").Tell(Log);
        }
    }
}
