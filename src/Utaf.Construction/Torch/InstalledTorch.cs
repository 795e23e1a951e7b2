using System.Reflection;

namespace Utaf.Torch;

/// <summary>
/// The back ends of torch that the user installed beside the one the tool brings. They belong to one version of TorchSharp: a tool
/// with another does not see them.
/// </summary>
/// <remarks>
/// The layout is <c>runtimes/VERSION/NAME/</c>, whole folders that are renamed into place, and <c>runtimes/VERSION/used</c>: two
/// lines, the folder in use and the one before it, where <c>-</c> is the tool's own. That file is replaced in one step.
/// </remarks>
public sealed class InstalledTorch
{
    /// <summary>The name of the back end that the tool itself brings.</summary>
    public const string Own = "-";

    /// <summary>The variable that names a folder of native libraries for one process; it goes before everything else.</summary>
    public const string Variable = "UTAF_TORCH";

    private readonly string state;

    /// <summary>The back ends in a folder.</summary>
    /// <param name="root">The folder of this version of TorchSharp.</param>
    public InstalledTorch(string root) => (Root, state) = (root, Path.Combine(root, "used"));

    /// <summary>Those of this user.</summary>
    public static InstalledTorch Here => new(Path.Combine(UserCache.Folder, "runtimes", TorchSharpVersion));

    /// <summary>The version of TorchSharp that this build has, such as <c>0.107.0</c>.</summary>
    public static string TorchSharpVersion { get; } =
        (typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    /// <summary>Where they are.</summary>
    public string Root { get; }

    /// <summary>The name of the one in use.</summary>
    public string Used => Read()[0];

    /// <summary>The name of the one before it; null if nothing was changed yet.</summary>
    public string? Before => Read() is [_, var before] ? before : null;

    /// <summary>The folder to load from; null: the tool's own.</summary>
    public string? UsedFolder =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? Path.GetFullPath(given)
        : Used is var used && used != Own ? FolderOf(used)
        : null;

    /// <summary>All that are installed, oldest first.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(Root)
        ? [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The folder of one.</summary>
    public string FolderOf(string name) => Path.Combine(Root, name);

    /// <summary>A new folder for one that is not ready yet; nobody else sees it.</summary>
    /// <exception cref="UtafException">UTAF1309: it cannot be made.</exception>
    public string MakePlace()
    {
        var place = Path.Combine(Root, $".{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(place);
            return place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(place, e);
        }
    }

    /// <summary>Gives a folder that is ready its name, uses it from now on, and deletes what is neither in use nor the one before.</summary>
    /// <param name="folder">In a place that <see cref="MakePlace"/> made.</param>
    /// <param name="backend">What it is, such as <c>cuda</c>.</param>
    /// <param name="now">For its name.</param>
    /// <returns>Its name.</returns>
    public string Install(string folder, string backend, DateTimeOffset now)
    {
        var name = $"{backend}-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff}";
        Directory.Move(folder, FolderOf(name));
        Switch(name);
        return name;
    }

    /// <summary>Goes back to the one before; a second time, forth again.</summary>
    /// <returns>The one in use now.</returns>
    /// <exception cref="UtafException">UTAF2009: there is none.</exception>
    public string Undo()
    {
        var before = Before ?? throw Errors.NothingToUndo();
        Switch(before);
        return before;
    }

    private void Switch(string name)
    {
        var before = Used;
        AtomicFile.WriteText(state, $"{name}\n{before}\n");
        foreach (var old in Names.Where(old => old != name && old != before))
        {
            TryDelete(FolderOf(old));
        }
    }

    // One that a running process has loaded stays on Windows; the next change deletes it.
    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string[] Read()
    {
        try
        {
            return File.ReadAllLines(state);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [Own];
        }
    }
}
