using System.Security;
using Utaf.Packages.Tests.Support;
using Utaf.Tests;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>A small program with the package, in a folder whose name has spaces and letters beyond ASCII.</summary>
public sealed class ReleaseProject : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalFeed feed;

    /// <summary>Makes one with two models, <c>alpha.pt</c> and <c>beta.pt</c>, and the stub as its tool.</summary>
    public ReleaseProject(LocalFeed feed, StubTool stub)
    {
        this.feed = feed;
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Notes);
        feed.Configure(Folder);
        Variables = new(feed.Variables)
        {
            ["STUB_NOTES"] = Notes,

            // Where dotnet remembers which local tools are restored: a test must not find what another one restored.
            ["DOTNET_CLI_HOME"] = folder.File("home"),
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
            ["STUB_VERSION"] = feed.VersionOf("Utaf.MSBuild"),
        };
        Tool = stub.Program;
        Write("Program.cs", "System.Console.WriteLine(\"released\");");
        Write("alpha.pt", "a model");
        Write("beta.pt", "another model");
        Write("training data.csv", "1,2");
    }

    /// <summary>The project's folder.</summary>
    public string Folder => folder.File("Füchse & Söhne");

    /// <summary>The project's file.</summary>
    public string Project => Path("Release.csproj");

    /// <summary>The environment of its builds.</summary>
    public Dictionary<string, string?> Variables { get; }

    /// <summary>UtafToolPath; null leaves it out.</summary>
    public string? Tool { get; set; }

    /// <summary>The project's items.</summary>
    public string Items { get; set; } =
        """
        <UtafModel Include="alpha.pt" Data="training data.csv" />
        <UtafModel Include="beta.pt" Data="training data.csv" />
        """;

    /// <summary>More properties.</summary>
    public string Properties { get; set; } = "<TargetFramework>net10.0</TargetFramework>";

    /// <summary>The arguments of each run of the stub so far, one string for each.</summary>
    public IReadOnlyList<string> Runs => [.. Directory.GetFiles(Notes, "run-*").OrderBy(File.GetCreationTimeUtc).Select(File.ReadAllText)];

    /// <summary>Where the stub notes its runs.</summary>
    public string Notes => folder.File("notes");

    /// <summary>A path in the project's folder.</summary>
    public string Path(params string[] parts) => System.IO.Path.Combine([Folder, .. parts]);

    /// <summary>What was published, by names in the folder <c>utaf</c>.</summary>
    public IReadOnlyList<string> Published => Names(Path("bin", "Release", "net10.0", "publish", "utaf"));

    /// <summary>The names of a folder's files, none if it is not there.</summary>
    public static IReadOnlyList<string> Names(string place) => Directory.Exists(place)
        ? [.. Directory.GetFiles(place).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Writes a file into the project's folder.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }

    /// <summary>Makes a file younger than all that was built.</summary>
    public void Touch(string name) => File.SetLastWriteTimeUtc(Path(name), DateTime.UtcNow.AddSeconds(1));

    /// <summary>Runs dotnet in the project's folder, after writing the project as it is now.</summary>
    public Task<ShellResult> DotnetAsync(params string[] arguments)
    {
        WriteProject();
        return Shell.RunAsync("dotnet", arguments, Folder, Variables);
    }

    /// <summary>Runs <c>dotnet publish</c>.</summary>
    public Task<ShellResult> PublishAsync(params string[] more) => DotnetAsync(["publish", "--configuration", "Release", .. more]);

    /// <summary>Runs the target that fingerprints, without all that a publish does besides.</summary>
    public Task<ShellResult> FingerprintAsync(params string[] more) =>
        DotnetAsync(["build", "--configuration", "Release", "-t:UtafFingerprint", .. more]);

    /// <summary>Writes the project's file.</summary>
    public void WriteProject() => Write(
        "Release.csproj",
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            {(Tool is null ? "" : $"<UtafToolPath>{SecurityElement.Escape(Tool)}</UtafToolPath>")}
            {Properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Utaf.MSBuild" Version="{feed.VersionOf("Utaf.MSBuild")}" PrivateAssets="all" />
            {Items}
          </ItemGroup>
        </Project>
        """);

    /// <summary>Deletes it.</summary>
    public void Dispose() => folder.Dispose();
}
