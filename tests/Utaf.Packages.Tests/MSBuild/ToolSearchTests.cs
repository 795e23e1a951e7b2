using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>Which tool a build runs, and what it says of it.</summary>
public sealed class ToolSearchTests(LocalFeed feed, StubTool stub) : IDisposable
{
    private readonly ReleaseProject project = new(feed, stub) { Items = """<UtafModel Include="alpha.pt" />""" };

    private string Expected => feed.VersionOf("Utaf.MSBuild");

    public void Dispose() => project.Dispose();

    [Fact]
    public async Task Without_a_tool_the_error_says_how_to_install_it()
    {
        project.Tool = null;
        project.Variables["PATH"] = PathWithoutTool();
        var build = (await project.PublishAsync()).MustEndWith(1);

        Assert.Contains($"{project.Project} : error UTAF0001: ", build.Output, StringComparison.Ordinal);
        Assert.Contains($"dotnet tool install --global Utaf.Tool --version {Expected}", build.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(project.Path("bin", "Release", "net10.0", "publish", "Release.dll")));
    }

    [Fact]
    public async Task A_path_that_leads_to_no_tool_is_an_error_that_names_it()
    {
        project.Tool = "tools";
        var build = (await project.FingerprintAsync()).MustEndWith(1);
        Assert.Contains("error UTAF0001: ", build.Output, StringComparison.Ordinal);
        Assert.Contains($"'{project.Path("tools")}'", build.Output, StringComparison.Ordinal);

        // There, but no program.
        project.Write("tools/dotnet-utaf", "");
        build = (await project.FingerprintAsync("--no-restore")).MustEndWith(1);
        Assert.Contains("error UTAF0001: ", build.Output, StringComparison.Ordinal);
        Assert.Contains("does not start", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tool_s_folder_or_assembly_will_do_and_another_version_is_told_once()
    {
        project.Tool = stub.Folder;
        project.Items += """<UtafModel Include="beta.pt" />""";
        project.Variables["STUB_VERSION"] = "0.0.1";
        var build = (await project.FingerprintAsync()).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Contains("1 Warning(s)", build.Output, StringComparison.Ordinal);
        Assert.Contains($"{project.Project} : warning UTAF0002: {stub.Program} has version 0.0.1, the package Utaf.MSBuild has {Expected}.", build.Output, StringComparison.Ordinal);

        project.Tool = Path.Combine(stub.Folder, "dotnet-utaf.dll");
        project.Variables["STUB_VERSION"] = Expected;
        project.Touch("alpha.pt");
        build = (await project.FingerprintAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(3, project.Runs.Count);
        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_manifest_comes_before_the_PATH_and_the_build_says_so()
    {
        project.Tool = null;
        project.Variables["PATH"] = stub.Folder + Path.PathSeparator + PathWithoutTool();
        (await project.FingerprintAsync()).MustEndWith(0);
        Assert.Single(project.Runs);

        // Above the project, as in a repository's root. It names a version that is not installed: the error is the tool's absence.
        var manifest = Path.Combine(Path.GetDirectoryName(project.Folder)!, ".config", "dotnet-tools.json");
        Directory.CreateDirectory(Path.GetDirectoryName(manifest)!);
        await File.WriteAllTextAsync(manifest, stub.Manifest, TestContext.Current.CancellationToken);
        project.Touch("alpha.pt");
        var build = (await project.FingerprintAsync("--no-restore")).MustEndWith(1);
        Assert.Contains("error UTAF0003: ", build.Output, StringComparison.Ordinal);
        Assert.Contains("dotnet tool restore", build.Output, StringComparison.Ordinal);
        Assert.Single(project.Runs);

        (await Shell.RunAsync("dotnet", ["tool", "restore", "--add-source", stub.Feed], project.Folder, project.Variables)).MustEndWith(0);
        build = (await project.FingerprintAsync("--no-restore", "--verbosity", "normal")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Contains($"dotnet-utaf of {manifest} is used, not {stub.Program}", build.Output, StringComparison.Ordinal);
        Assert.Contains($"warning UTAF0002: dotnet-utaf of {manifest} has version {StubTool.Version}", build.Output, StringComparison.Ordinal);
    }

    private static string PathWithoutTool() => string.Join(
        Path.PathSeparator,
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Where(place => !File.Exists(Path.Combine(place, "dotnet-utaf"))));
}
