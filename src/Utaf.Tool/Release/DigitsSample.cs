using System.Text.Json;

namespace Utaf.Tool.Release;

/// <summary>The sample that the demo runs: a target, its data, and suspects of which the truth is known.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Suspects">The suspects, as <c>suspects.json</c> lists them.</param>
internal sealed record DigitsSample(string Folder, IReadOnlyList<SampleSuspect> Suspects)
{
    public string Target => Path.Combine(Folder, "target.pt");

    public string Owner => Path.Combine(Folder, "owner.csv.gz");

    public string Public => Path.Combine(Folder, "public.csv.gz");

    /// <summary>Finds the sample beside the tool.</summary>
    /// <exception cref="UtafException">UTAF2004: it is not there.</exception>
    public static DigitsSample Find()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "samples", "digits");
        var list = Path.Combine(folder, "suspects.json");
        try
        {
            var content = JsonSerializer.Deserialize(File.ReadAllText(list), Documents.ToolJson.Readable.SampleList)!;
            var suspects = content.Suspects.Select(suspect => suspect with { File = Path.Combine(folder, suspect.File) }).ToList();
            var sample = new DigitsSample(folder, suspects);
            string[] files = [sample.Target, sample.Owner, sample.Public, .. suspects.Select(suspect => suspect.File)];
            var missing = files.FirstOrDefault(file => !File.Exists(file));
            return missing is null ? sample : throw Errors.SampleMissing(missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Errors.SampleMissing(list);
        }
    }
}

/// <summary>The form of <c>suspects.json</c>, as far as the demo reads it.</summary>
internal sealed record SampleList(IReadOnlyList<SampleSuspect> Suspects);

/// <summary>A suspect of the sample.</summary>
/// <param name="Name">Short.</param>
/// <param name="File">Its TorchScript file.</param>
/// <param name="Stolen">The truth.</param>
/// <param name="How">How it was made.</param>
internal sealed record SampleSuspect(string Name, string File, bool Stolen, string How);
