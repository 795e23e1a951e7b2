namespace Utaf.Pipeline.Tests.Peers;

/// <summary>Where the real peers are, which build/peers.sh installs. A missing one skips its tests; in CI it fails them.</summary>
internal static class Peers
{
    private static readonly Lazy<string> Repository = new(FindRepository);

    /// <summary>The folder of the npm packages.</summary>
    public static string Folder => Path.Combine(Repository.Value, "tests", "peers");

    /// <summary>A file of an npm package.</summary>
    public static string Script(string path)
    {
        var full = Path.Combine(Folder, "node_modules", path);
        Require(File.Exists(full), $"{path} is not installed: run build/peers.sh");
        return full;
    }

    /// <summary>A program on the PATH.</summary>
    public static string Program(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        Require(found is not null, $"{name} is not installed: run build/peers.sh");
        return found!;
    }

    /// <summary>Skips the running test, or fails it in CI, where a peer is missing.</summary>
    public static void Require(bool present, string otherwise)
    {
        if (!present && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(otherwise);
        }

        Assert.SkipUnless(present, otherwise);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Utaf.Tool.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No repository above {AppContext.BaseDirectory}.");
    }
}
