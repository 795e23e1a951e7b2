using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Utaf.Packages.Tests.Support;

[assembly: AssemblyFixture(typeof(LocalFeed))]

namespace Utaf.Packages.Tests.Support;

/// <summary>
/// The folder of packages that all tests install from: packed once, from the sources as they stand. A folder named by
/// <c>UTAF_TEST_FEED</c> is taken as it is, for work on one test.
/// </summary>
public sealed class LocalFeed : IAsyncLifetime
{
    /// <summary>
    /// What is packed, and how. The packages of other systems are looked into and not run, so their assemblies are not compiled ahead
    /// here: that is half of the work.
    /// </summary>
    private static readonly string[][] Packed =
    [
        ["src/Utaf.Tool", $"-p:CompileAheadOnlyFor={RuntimeInformation.RuntimeIdentifier}"],
        ["src/Utaf.MSBuild"],
        ["templates"],
    ];

    private readonly SemaphoreSlim installing = new(1);

    /// <summary>A folder for whatever the tests share; it goes when they end.</summary>
    public string Scratch { get; } = Directory.CreateTempSubdirectory("utaf-packages-").FullName;

    /// <summary>The folder with the packages.</summary>
    public string Folder => Environment.GetEnvironmentVariable("UTAF_TEST_FEED") is { Length: > 0 } given ? given : Path.Combine(Scratch, "feed");

    /// <summary>NuGet's cache of unpacked packages, empty at first and shared by the tests: nothing comes from the machine's own.</summary>
    public string Cache => Path.Combine(Scratch, "cache");

    /// <summary>The version of all packages.</summary>
    public string Version => VersionOf("Utaf.Tool");

    /// <summary>The environment in which a command has the feed's cache.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Cache };

    /// <summary>A package of the feed.</summary>
    public string Package(string id) => Path.Combine(Folder, $"{id}.{VersionOf(id)}.nupkg");

    /// <summary>Adds the feed to the machine's ordinary sources, for everything in and below a folder.</summary>
    /// <returns>The configuration's path.</returns>
    public string Configure(string folder)
    {
        var file = Path.Combine(folder, "nuget.config");
        new XDocument(
            new XElement(
                "configuration",
                new XElement("packageSources", new XElement("add", new XAttribute("key", "utaf-feed"), new XAttribute("value", Folder))))).Save(file);
        return file;
    }

    /// <summary>Where the tool is installed; <c>UTAF_TEST_TOOL</c> names a folder that has it.</summary>
    public string ToolFolder => Environment.GetEnvironmentVariable("UTAF_TEST_TOOL") is { Length: > 0 } given ? given : Path.Combine(Scratch, "tools");

    /// <summary>Installs the tool unless it is.</summary>
    public async Task InstallToolAsync()
    {
        await installing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!Directory.Exists(ToolFolder))
            {
                Configure(Scratch);
                (await Shell.RunAsync("dotnet", ["tool", "install", "Utaf.Tool", "--version", Version, "--tool-path", ToolFolder], Scratch, Variables))
                    .MustEndWith(0);
            }
        }
        finally
        {
            installing.Release();
        }
    }

    /// <summary>Names of the files in a package.</summary>
    public IReadOnlyList<string> Contents(string id)
    {
        using var package = ZipFile.OpenRead(Package(id));
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>Packs everything.</summary>
    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("UTAF_TEST_FEED") is { Length: > 0 })
        {
            return;
        }

        // At the same time: they have no project in common.
        var packs = Packed.Select(pack => Shell.RunAsync(
            "dotnet", ["pack", .. pack, "--configuration", "Release", "--output", Folder], Repository.Root, patience: TimeSpan.FromMinutes(10)));
        Assert.All(await Task.WhenAll(packs), pack => pack.MustEndWith(0));
    }

    /// <summary>Deletes everything.</summary>
    public ValueTask DisposeAsync()
    {
        installing.Dispose();
        Directory.Delete(Scratch, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A package's version.</summary>
    public string VersionOf(string id)
    {
        // The id alone does not end where its version begins: Utaf.Tool and Utaf.Tool.linux-x64.
        var names = Directory.GetFiles(Folder, $"{id}.*.nupkg").Select(file => Path.GetFileNameWithoutExtension(file)[(id.Length + 1)..]);
        return names.Single(rest => char.IsAsciiDigit(rest[0]));
    }
}
