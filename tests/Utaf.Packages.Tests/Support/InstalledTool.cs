using Utaf.Tests;

namespace Utaf.Packages.Tests.Support;

/// <summary>The tool as <c>dotnet tool install --tool-path</c> leaves it, from the feed, once for all tests.</summary>
public sealed class InstalledTool(LocalFeed feed) : IAsyncLifetime
{
    /// <summary>The folder that <c>dotnet-utaf</c> is in.</summary>
    public string Folder => feed.ToolFolder;

    /// <summary>The program.</summary>
    public string Program => Path.Combine(Folder, OperatingSystem.IsWindows() ? "dotnet-utaf.exe" : "dotnet-utaf");

    /// <summary>A cache of back ends that is this run's own.</summary>
    public string Cache => Path.Combine(feed.Scratch, "back-ends");

    /// <summary>What <c>demo --keep</c> keeps: its ensemble is built by the first test that runs the demo, and found by the others.</summary>
    public string Demo => Path.Combine(feed.Scratch, "demo");

    /// <summary>The environment in which <c>dotnet utaf</c> is found.</summary>
    public Dictionary<string, string?> Variables => new()
    {
        ["PATH"] = Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
        ["UTAF_CACHE"] = Cache,
    };

    /// <summary>
    /// The environment of somebody who works in a folder and has only the feed, NuGet's ordinary source and a home of their own there,
    /// where dotnet remembers local tools.
    /// </summary>
    internal Dictionary<string, string?> Away(TemporaryFolder folder, params (string Name, string Value)[] more)
    {
        feed.Configure(folder.Path);
        var variables = new Dictionary<string, string?>(feed.Variables)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH"),
            ["UTAF_CACHE"] = Cache,
            ["DOTNET_CLI_HOME"] = Directory.CreateDirectory(folder.File("home")).FullName,
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>Runs <c>dotnet utaf …</c>.</summary>
    public Task<ShellResult> RunAsync(string folder, params string[] arguments) =>
        Shell.RunAsync("dotnet", ["utaf", .. arguments], folder, Variables);

    /// <summary>Installs it, unless another class's tests have.</summary>
    public async ValueTask InitializeAsync() => await feed.InstallToolAsync();

    /// <summary>Leaves it to the feed, whose folder it is in.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
