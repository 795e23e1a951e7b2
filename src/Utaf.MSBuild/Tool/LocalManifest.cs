using Utaf.MSBuild.Text;

namespace Utaf.MSBuild.Tool;

/// <summary>The manifest of local tools that names the tool, found as <c>dotnet tool run</c> finds it.</summary>
/// <param name="file">Its path.</param>
/// <param name="version">The tool's version.</param>
internal sealed class LocalManifest(string file, string? version)
{
    private const string FileName = "dotnet-tools.json";
    private const string PackageId = "Utaf.Tool";

    public string File => file;

    public string? Version => version;

    /// <summary>Looks in a folder and in those above it, until one's manifest says that it is the root.</summary>
    public static LocalManifest? Find(string folder)
    {
        for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
        {
            foreach (var file in (string[])[Path.Combine(place.FullName, ".config", FileName), Path.Combine(place.FullName, FileName)])
            {
                var manifest = JsonReader.TryRead(file);
                var tool = manifest?["tools"]?.Members.FirstOrDefault(IsOurs).Value;
                if (tool is not null)
                {
                    return new(file, tool["version"]?.Text);
                }

                if (manifest?["isRoot"]?.Text == "true")
                {
                    return null;
                }
            }
        }

        return null;
    }

    private static bool IsOurs(KeyValuePair<string, JsonValue> tool) => string.Equals(tool.Key, PackageId, StringComparison.OrdinalIgnoreCase);
}
