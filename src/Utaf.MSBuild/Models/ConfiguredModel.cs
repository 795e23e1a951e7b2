using Utaf.MSBuild.Text;

namespace Utaf.MSBuild.Models;

/// <summary>What <c>utaf.json</c> says of a model that a build must know: its name, and the files it is made from.</summary>
/// <param name="name">Its name; null if it is left out.</param>
/// <param name="paths">Its data and the ensemble's.</param>
/// <remarks>The tool reads the file as a whole and tells its mistakes; here a file that cannot be read says nothing.</remarks>
internal sealed class ConfiguredModel(string? name, IReadOnlyList<string> paths)
{
    public string? Name { get; } = name;

    public IReadOnlyList<string> Paths { get; } = paths;

    /// <summary>Finds a model by its file; null if the configuration does not describe it.</summary>
    /// <param name="config">The configuration's path; empty if there is none.</param>
    /// <param name="model">The model's path.</param>
    public static ConfiguredModel? Find(string config, string model)
    {
        if (config.Length == 0 || JsonReader.TryRead(config) is not { } file)
        {
            return null;
        }

        var folder = Path.GetDirectoryName(config)!;
        if (file["models"]?.Items.FirstOrDefault(one => one["path"] is { } path && Absolute(path) == model) is not { } found)
        {
            return null;
        }

        JsonValue?[] named =
        [
            found["data"]?["path"],
            found["data"]?["public"],
            found["data"]?["labelFile"],
            .. found["data"]?["irrelevant"]?.Items ?? [],
            .. file["ensemble"]?["negatives"]?.Items ?? [],
        ];
        return new(found["name"]?.Text, [.. named.OfType<JsonValue>().Select(Absolute)]);

        string Absolute(JsonValue path) => Path.GetFullPath(Path.Combine(folder, path.Text));
    }
}
