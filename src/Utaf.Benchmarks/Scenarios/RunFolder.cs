using System.Text.Json;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>The folder of a run: its settings, and one file for each repeat that is finished.</summary>
internal sealed class RunFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string path;

    private RunFolder(string path) => this.path = path;

    /// <summary>Starts a run, or goes on with one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="settings">What this run is told to do.</param>
    /// <param name="resume">Whether a run that is there is gone on with.</param>
    /// <exception cref="UtafException">
    /// UTAF1001: there is a run already, or one of another format or other settings; UTAF1010: its settings cannot be read;
    /// UTAF1309: the folder cannot be written.
    /// </exception>
    public static RunFolder Open(string path, RunSettings settings, bool resume)
    {
        var file = Path.Combine(path, RunSettings.FileName);
        if (!File.Exists(file))
        {
            AtomicFile.WriteText(file, JsonSerializer.Serialize(settings, Json));
            return new(path);
        }

        if (!resume)
        {
            throw Errors.BadOption("--run", path, "a folder without a run, or --resume to go on with the run in it");
        }

        var found = Read<RunSettings>(file);
        if (found.Format != settings.Format)
        {
            throw Errors.BadOption("--run", $"{path}, a run of format {found.Format}", $"one of format {settings.Format}: go on with it by the version that began it, or give another folder");
        }

        // The machine is for the reader: whoever moves a run may go on with it elsewhere.
        var (theirs, ours) = (Describe(found), Describe(settings));
        return theirs == ours
            ? new(path)
            : throw Errors.BadOption("--resume", $"for {ours}", $"the settings of the run in {path}: {theirs}; or another folder with --run");
    }

    /// <summary>A finished repeat; null where it is not finished.</summary>
    /// <exception cref="UtafException">UTAF1010: its file is damaged.</exception>
    public RepeatResult? Find(ulong seed)
    {
        var file = FileOf(seed);
        return File.Exists(file) ? Read<RepeatResult>(file) : null;
    }

    /// <summary>Keeps a finished repeat.</summary>
    /// <exception cref="UtafException">UTAF1309: it cannot be written.</exception>
    public void Save(RepeatResult result) => AtomicFile.WriteText(FileOf(result.Seed), JsonSerializer.Serialize(result, Json));

    private string FileOf(ulong seed) => Path.Combine(path, RepeatResult.FileName(seed));

    private static string Describe(RunSettings settings) =>
        $"scenario {settings.Scenario}, profile {settings.Profile}, seed {settings.Seed}, data {string.Join(' ', (settings.DataSha256 ?? []).Select(digest => digest[..Math.Min(12, digest.Length)]))}";

    private static T Read<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file), Json) ?? throw Errors.NotJson(file, "it is 'null'. Delete it, or give another folder with --run.");
        }
        catch (JsonException e)
        {
            throw Errors.NotJson(file, $"{e.Message.TrimEnd('.')}. Delete the file to have it made again, or give another folder with --run.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(file, e);
        }
    }
}
