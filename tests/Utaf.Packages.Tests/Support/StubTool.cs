using Utaf.Packages.Tests.Support;

[assembly: AssemblyFixture(typeof(StubTool))]

namespace Utaf.Packages.Tests.Support;

/// <summary>
/// A program called <c>dotnet-utaf</c> that does what <c>STUB_MODE</c> says, and notes each of its runs: for what a build makes
/// of a tool that crashes, hangs, or has another version. Built once, and packed as Utaf.Tool 99.0.0 in a feed of its own.
/// </summary>
public sealed class StubTool : IAsyncLifetime
{
    /// <summary>Its version, where <c>STUB_VERSION</c> says no other.</summary>
    public const string Version = "99.0.0";

    private readonly string scratch = Directory.CreateTempSubdirectory("utaf-stub-").FullName;

    /// <summary>The folder with the program.</summary>
    public string Folder => Path.Combine(scratch, "bin");

    /// <summary>The program.</summary>
    public string Program => Path.Combine(Folder, OperatingSystem.IsWindows() ? "dotnet-utaf.exe" : "dotnet-utaf");

    /// <summary>The folder with the package.</summary>
    public string Feed => Path.Combine(scratch, "feed");

    /// <summary>A local manifest that has it.</summary>
    public string Manifest { get; } =
        $$"""{ "version": 1, "isRoot": true, "tools": { "utaf.tool": { "version": "{{Version}}", "commands": ["dotnet-utaf"] } } }""";

    /// <summary>Builds and packs it.</summary>
    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(scratch, "stub");
        Directory.CreateDirectory(source);
        File.WriteAllText(
            Path.Combine(source, "stub.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <AssemblyName>dotnet-utaf</AssemblyName>
                <PackAsTool>true</PackAsTool>
                <PackageId>Utaf.Tool</PackageId>
                <Version>{Version}</Version>
                <OutputPath>{Folder}</OutputPath>
                <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
              </PropertyGroup>
            </Project>
            """);
        File.Copy(Repository.File("tests", "Utaf.Packages.Tests", "Stub", "Stub.txt"), Path.Combine(source, "Program.cs"));
        (await Shell.RunAsync("dotnet", ["pack", "--configuration", "Release", "--output", Feed], source)).MustEndWith(0);
    }

    /// <summary>Deletes it.</summary>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(scratch, recursive: true);
        return ValueTask.CompletedTask;
    }
}
