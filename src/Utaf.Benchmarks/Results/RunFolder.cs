using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Utaf.Benchmarks.Results;

/// <summary>A folder with the numbers of one run: <c>run.json</c>, and a file for each repeat that is finished.</summary>
internal sealed class RunFolder
{
    private RunFolder(string path, RunSettings settings) => (Path, Settings) = (path, settings);

    /// <summary>As it was given.</summary>
    public string Path { get; }

    public RunSettings Settings { get; }

    /// <summary>Begins a run, or goes on with one of the same settings.</summary>
    /// <exception cref="UtafException">UTAF1309: it cannot be written. UTAF1901, UTAF1902, UTAF1903: the folder has another run.</exception>
    public static RunFolder Create(string path, RunSettings settings)
    {
        var file = System.IO.Path.Combine(path, RunSettings.FileName);
        return AtomicFile.WriteNew(file, JsonSerializer.SerializeToUtf8Bytes(settings, RunJson.Default.RunSettings))
            ? new RunFolder(path, settings)
            : OpenSame(path, settings);
    }

    /// <summary>The run of the same settings that was begun in a folder; null where none was. Nothing is written.</summary>
    /// <exception cref="UtafException">UTAF1003: it cannot be read. UTAF1901, UTAF1902, UTAF1903: the folder has another run.</exception>
    public static RunFolder? Begun(string path, RunSettings settings) =>
        File.Exists(System.IO.Path.Combine(path, RunSettings.FileName)) ? OpenSame(path, settings) : null;

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003: no run.json, or it cannot be read. UTAF1901: it is damaged. UTAF1902: it is of another version.</exception>
    public static RunFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, RunSettings.FileName);
        var bytes = InputFile.Read(file, "a run folder, in which the run's scenario has written run.json");
        var format = Parsed(file, bytes, RunJson.Default.RunFormat).Format;
        if (format != RunSettings.CurrentFormat)
        {
            throw Errors.RunFormat(file, RunSettings.CurrentFormat, format);
        }

        var settings = Parsed(file, bytes, RunJson.Default.RunSettings);

        // Both become parts of files' names.
        foreach (var (key, name) in new[] { ("scenario", settings.Scenario), ("profile", settings.Profile) })
        {
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
            {
                throw Errors.BadRunFile(file, $"a {key} of small letters, digits and '-'", $"'{name}'");
            }
        }

        return new(path, settings);
    }

    /// <summary>Whether a repeat is finished.</summary>
    public bool Has(ulong seed) => File.Exists(FileOf(seed));

    /// <summary>The finished repeats, by seed.</summary>
    /// <exception cref="UtafException">UTAF1901: a file is damaged, or has a number that cannot be.</exception>
    public IReadOnlyList<RepeatResult> Repeats()
    {
        var repeats = new SortedDictionary<ulong, RepeatResult>();
        foreach (var file in Directory.EnumerateFiles(Path, RepeatResult.FilePattern).Order(StringComparer.Ordinal))
        {
            var repeat = Parsed(file, InputFile.Read(file, "a finished repeat"), RunJson.Default.RepeatResult);
            if (System.IO.Path.GetFileName(file) is var name && name != RepeatResult.FileName(repeat.Seed))
            {
                throw Errors.BadRunFile(file, "the seed of its name", repeat.Seed.ToString(CultureInfo.InvariantCulture));
            }

            if (repeat.Fault() is var (expected, found))
            {
                throw Errors.BadRunFile(file, expected, found);
            }

            repeats.Add(repeat.Seed, repeat);
        }

        return [.. repeats.Values];
    }

    /// <summary>Writes a finished repeat, completely or not at all.</summary>
    /// <exception cref="UtafException">UTAF1309: it cannot be written.</exception>
    public void Write(RepeatResult repeat) =>
        AtomicFile.Write(FileOf(repeat.Seed), JsonSerializer.SerializeToUtf8Bytes(repeat, RunJson.Default.RepeatResult));

    private static RunFolder OpenSame(string path, RunSettings settings)
    {
        var existing = Open(path);
        return existing.Settings.IsSameAs(settings)
            ? existing
            : throw Errors.OtherRun(System.IO.Path.Combine(path, RunSettings.FileName), settings.ToString(), existing.Settings.ToString());
    }

    private string FileOf(ulong seed) => System.IO.Path.Combine(Path, RepeatResult.FileName(seed));

    private static T Parsed<T>(string file, byte[] bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null.");
        }
        catch (JsonException exception)
        {
            throw Errors.BadRunFile(file, "the whole JSON that a run writes", $"{bytes.Length} bytes that are not: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
