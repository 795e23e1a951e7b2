using System.Runtime.InteropServices;

namespace Utaf.MSBuild.Tool;

/// <summary>Where the tool may be: at <c>UtafToolPath</c>, in a local manifest, on the PATH; in this order.</summary>
internal static class ToolSearch
{
    private const string Command = "dotnet-utaf";

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>The tool at a path: its program, its assembly, or the folder that has one of them.</summary>
    /// <returns>Null if there is none.</returns>
    public static FoundTool? At(string path)
    {
        var file = Directory.Exists(path) ? In(path) : path;
        return file is null || !File.Exists(file) ? null
            : file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? new(DotnetHost(), [file], file)
            : new(file, [], file);
    }

    /// <summary>The tools that a project has without being told, the one that is used first.</summary>
    /// <param name="folder">The project's folder.</param>
    public static IEnumerable<FoundTool> For(string folder)
    {
        if (LocalManifest.Find(folder) is { } manifest)
        {
            // 'dotnet tool run' finds the manifest upward from the project too, so paths stay relative to the project.
            yield return new(DotnetHost(), ["tool", "run", Command, "--"], $"{Command} of {manifest.File}", manifest.Version);
        }

        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (places.Select(place => place.Trim('"')).Where(place => place.Length > 0).Select(In).FirstOrDefault(File.Exists) is { } onPath)
        {
            yield return new(onPath, [], onPath);
        }
    }

    private static string? In(string folder) =>
        new[] { Path.Combine(folder, IsWindows ? Command + ".exe" : Command), Path.Combine(folder, Command + ".dll") }.FirstOrDefault(File.Exists);

    // Under `dotnet build` MSBuild says which dotnet it runs on; Visual Studio's has none, and the PATH's is the one there.
    private static string DotnetHost()
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        return File.Exists(host) ? host! : IsWindows ? "dotnet.exe" : "dotnet";
    }
}
