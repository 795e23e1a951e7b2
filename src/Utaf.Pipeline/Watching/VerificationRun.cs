using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Utaf.Endpoints;
using Utaf.Reports;
using Utaf.Stores;

namespace Utaf.Watching;

/// <summary>
/// One run of <c>verify</c> or <c>watch</c> and its evidence: <c>{root}/{model}/{version}/{suspect}/{run}/</c> with the verdict and
/// the transcript. Until it is completed its state stays in <c>{root}/runs/</c>, so that the same command, started again after
/// a crash, goes on with the same run: finished verdicts are kept, answered queries are not repeated, an issue is not reported twice.
/// </summary>
public sealed class VerificationRun : IDisposable
{
    /// <summary>An interrupted run that is older is not resumed: its answers may be another model's by then, and a nightly run is a new one.</summary>
    public static readonly TimeSpan ResumableFor = TimeSpan.FromHours(12);

    private const string VerdictFile = "verdict.json";

    private readonly string root;
    private readonly string stateFile;
    private readonly FileStream guard;
    private readonly IReadOnlyList<string> made;

    private VerificationRun(string root, string stateFile, FileStream guard, IReadOnlyList<string> made, RunState state, bool resumed)
    {
        (this.root, this.stateFile, this.guard, this.made) = (root, stateFile, guard, made);
        (Id, Resumed) = (state.Id, resumed);
    }

    /// <summary>The run's name: the time it began, in UTC.</summary>
    public string Id { get; }

    /// <summary>Whether an interrupted run goes on.</summary>
    public bool Resumed { get; }

    /// <summary>Begins a run, or goes on with the interrupted one over the same items.</summary>
    /// <param name="evidence">The evidence folder; made if it is missing.</param>
    /// <param name="items">What will be verified.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fresh">Whether an interrupted run is left behind.</param>
    /// <param name="significance">How it is judged: with another significance it is another run.</param>
    /// <exception cref="UtafException">UTAF1660: another process is at the same run. UTAF1661: the folder cannot be written.</exception>
    public static VerificationRun Begin(
        string evidence, IEnumerable<WatchItem> items, TimeProvider time, bool fresh = false, double? significance = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(time);
        var keys = items.Select(item => item.Key).Order(StringComparer.Ordinal);
        var key = Digest(string.Create(CultureInfo.InvariantCulture, $"{significance}\n{string.Join('\n', keys)}"))[..16];
        var root = Path.GetFullPath(evidence);
        string[] made = [Path.Combine(root, "runs"), .. Missing(root)];
        var stateFile = Path.Combine(root, "runs", $"{key}.json");
        FileStream? guard = null;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "runs"));
            guard = Guard(Path.ChangeExtension(stateFile, ".lock"), evidence);
            var now = time.GetUtcNow();
            var interrupted = fresh ? null : Read(stateFile, EvidenceJson.Default.RunState);
            if (interrupted is not null && now - interrupted.BegunUtc < ResumableFor)
            {
                return new(root, stateFile, guard, made, interrupted, resumed: true);
            }

            var state = new RunState(Name(now), now);
            AtomicFile.Write(stateFile, CompiledJson.Lines(state, WrittenEvidenceJson.Default.RunState));
            return new(root, stateFile, guard, made, state, resumed: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            guard?.Dispose();
            throw Errors.EvidenceUnusable(evidence, exception);
        }
        catch (UtafException exception) when (exception.InnerException is IOException or UnauthorizedAccessException)
        {
            guard?.Dispose();
            throw Errors.EvidenceUnusable(evidence, exception.InnerException);
        }
    }

    /// <summary>Where an item's evidence is.</summary>
    /// <exception cref="UtafException">UTAF1307: the model's name or version, from a pair's file, can be no folder's.</exception>
    public string FolderOf(WatchItem item)
    {
        ArgumentNullException.ThrowIfNull(item);

        // A suspect's name may be anything; the digest keeps apart what its plain letters do not.
        var plain = string.Concat(item.Suspect.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
        var suspect = $"{plain[..Math.Min(40, plain.Length)]}-{Digest(item.Key)[..8]}";
        return Path.Combine(root, StoreNames.Model(item.Pair.Model), StoreNames.Version(item.Pair.Version), suspect.TrimStart('-'), Id);
    }

    /// <summary>Names one item's part in this run: the same when the run is resumed, another in every other run or if it is asked otherwise.</summary>
    public string EvidenceId(WatchItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Digest($"{Id} {item.Key} {QuestionOf(item)}")[..16];
    }

    /// <summary>The finding that this run made of an item before it was interrupted; null if it has none, or was asked another question.</summary>
    /// <exception cref="UtafException">UTAF1309: what was left of the interrupted verification cannot be removed.</exception>
    public SuspectFinding? Finished(WatchItem item)
    {
        var folder = FolderOf(item);
        if (!Resumed || Read(Path.Combine(folder, VerdictFile), EvidenceJson.Default.SuspectFinding) is not { } finding)
        {
            return null;
        }

        // The settings may have been mended since, which is why the run was given again.
        if (QuestionOf(item) is { } question && question != new TranscriptFolder(folder).QuestionSha256)
        {
            return null;
        }

        new TranscriptFolder(folder).RemoveAnswers();
        return finding with { Position = item.Suspect.Position };
    }

    /// <summary>When a suspect was first asked this pair's inputs by a verification whose transcript is closed and here; null if never.</summary>
    public DateTimeOffset? AskedEarlier(WatchItem item)
    {
        var runs = Path.GetDirectoryName(FolderOf(item))!;
        return Directory.Exists(runs)
            ? Directory.EnumerateDirectories(runs).Order(StringComparer.Ordinal).Select(path => new TranscriptFolder(path).Begun).FirstOrDefault(begun => begun is not null)
            : null;
    }

    /// <summary>Keeps a finding beside its transcript.</summary>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public void Keep(WatchItem item, SuspectFinding finding) =>
        AtomicFile.Write(
            Path.Combine(FolderOf(item), VerdictFile), [.. CompiledJson.Lines(finding, WrittenEvidenceJson.Default.SuspectFinding), (byte)'\n']);

    /// <summary>Removes the folders of an item that has no evidence.</summary>
    public void Forget(WatchItem item)
    {
        for (var folder = FolderOf(item); folder != root && RemoveIfEmpty(folder); folder = Path.GetDirectoryName(folder)!)
        {
        }
    }

    /// <summary>Ends the run: the next one begins anew.</summary>
    public void Complete() => File.Delete(stateFile);

    /// <summary>Lets other processes at it. What holds nothing is not left behind.</summary>
    public void Dispose()
    {
        guard.Dispose();
        foreach (var folder in made)
        {
            RemoveIfEmpty(folder);
        }
    }

    /// <summary>Null for a model file.</summary>
    private static string? QuestionOf(WatchItem item) =>
        item.Suspect.Url is null ? null : Transcript.QuestionOf(item.Pair.Sha256, item.Suspect);

    /// <summary>The folders that will have to be made, the deepest first.</summary>
    private static IEnumerable<string> Missing(string folder)
    {
        for (var missing = folder; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
        {
            yield return missing;
        }
    }

    /// <summary>Deleted before it is unlocked: the other way round, two processes could hold locks on two files of one name.</summary>
    private static FileStream Guard(string path, string evidence)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw Errors.RunUnderWay(evidence);
        }
    }

    private static bool RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It holds something, or is gone already.
            return false;
        }
    }

    /// <summary>Sorts by time; the fraction keeps two runs of one second apart.</summary>
    private static string Name(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // Files are written at once or not at all: a damaged one is not ours, and the work is simply done again.
            return null;
        }
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
