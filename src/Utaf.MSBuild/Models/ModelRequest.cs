using System.Globalization;
using Microsoft.Build.Framework;

namespace Utaf.MSBuild.Models;

/// <summary>What a <c>UtafModel</c> asks of the tool.</summary>
/// <param name="item">The item.</param>
/// <param name="folder">The project's folder, where relative paths begin.</param>
internal sealed class ModelRequest(ITaskItem item, string folder)
{
    // What the metadata is called, and the tool's option for it. A new option of the tool is one line here.
    private static readonly (string Metadata, string Option, Kind Kind)[] Options =
    [
        ("Config", "--config", Kind.Path),
        ("Name", "--name", Kind.Text),
        ("Version", "--version", Kind.Text),
        ("Task", "--task", Kind.Text),
        ("Data", "--data", Kind.Path),
        ("Public", "--public", Kind.Path),
        ("Irrelevant", "--irrelevant", Kind.Paths),
        ("Negatives", "--negatives", Kind.Paths),

        // MSBuild keeps an attribute called Label to itself, on every element.
        ("LabelColumn", "--label", Kind.Text),
        ("LabelFile", "--label-file", Kind.Path),
        ("InputShape", "--input-shape", Kind.Text),
        ("ImageShape", "--image-shape", Kind.Text),
        ("Profile", "--profile", Kind.Text),
        ("Seed", "--seed", Kind.Text),
    ];

    private enum Kind
    {
        Text,
        Path,
        Paths,
    }

    /// <summary>The model's file.</summary>
    public string File { get; } = Absolute(folder, item.ItemSpec);

    /// <summary>The configuration; empty if there is none.</summary>
    public string Config { get; } = item.GetMetadata("Config") is { Length: > 0 } config ? Absolute(folder, config) : "";

    /// <summary>More arguments, as they are.</summary>
    public string MoreArguments { get; } = item.GetMetadata("Arguments");

    /// <summary>What is put behind <c>fingerprint</c>. Joined to its option, a value may begin with a hyphen.</summary>
    public IEnumerable<string> Words => Options.SelectMany(Values).Select(value => $"{value.Option}={value.Value}").Prepend(File);

    /// <summary>The files and folders that the metadata names, besides the model.</summary>
    public IEnumerable<string> Paths =>
        Options.Where(option => option.Kind != Kind.Text).SelectMany(Values).Select(value => value.Value);

    /// <summary>
    /// The name of the model's files in the obj folder and in the publish output: the tool's name of it, if the project or the
    /// configuration says one, else the file's.
    /// </summary>
    public string Name(ConfiguredModel? configured)
    {
        var name = item.GetMetadata("Name") is { Length: > 0 } given ? given : configured?.Name ?? Path.GetFileNameWithoutExtension(File);
        var letters = name.Select(letter => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '_' or '-' ? letter : '-');
        var fit = string.Concat(letters).TrimStart('.');
        return fit.Length == 0 ? "model" : fit;
    }

    /// <summary>
    /// What must stay as it is for the result to stay: the arguments, and how many files of which size and age a folder of data
    /// has. Files are MSBuild's to compare.
    /// </summary>
    public IEnumerable<string> Fixed(string store, ConfiguredModel? configured) =>
        Words.Append(MoreArguments).Append(store)
            .Concat(Paths.Concat(configured?.Paths ?? []).Where(Directory.Exists).Distinct().Select(Summary));

    private static string Summary(string path)
    {
        var files = new DirectoryInfo(path).GetFiles("*", SearchOption.AllDirectories);
        var newest = files.Length == 0 ? default : files.Max(file => file.LastWriteTimeUtc);
        return string.Format(
            CultureInfo.InvariantCulture, "{0}: {1} files, {2} bytes, {3:O}", path, files.Length, files.Sum(file => file.Length), newest);
    }

    private static string Absolute(string folder, string path) => Path.GetFullPath(Path.Combine(folder, path.Trim()));

    private IEnumerable<(string Option, string Value)> Values((string Metadata, string Option, Kind Kind) option)
    {
        var text = item.GetMetadata(option.Metadata);
        var values = text.Length == 0 ? [] : option.Kind == Kind.Paths ? text.Split(';').Where(part => part.Trim().Length > 0) : [text];
        return values.Select(value => (option.Option, option.Kind == Kind.Text ? value : Absolute(folder, value)));
    }
}
