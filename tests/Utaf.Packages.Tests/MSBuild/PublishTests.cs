using System.IO.Compression;
using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>When a build fingerprints, when it does not, and what it leaves where.</summary>
public sealed class PublishTests(LocalFeed feed, StubTool stub) : IDisposable
{
    private static readonly string[] PublicFiles = ["alpha.intoto.json", "alpha.manifest.json", "beta.intoto.json", "beta.manifest.json"];

    private readonly ReleaseProject project = new(feed, stub);

    public void Dispose() => project.Dispose();

    [Fact]
    public async Task A_build_fingerprints_nothing_and_a_publish_only_what_changed()
    {
        (await project.DotnetAsync("build", "--configuration", "Release")).MustEndWith(0);
        Assert.Empty(project.Runs);

        (await project.PublishAsync()).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Equal(PublicFiles, project.Published);

        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);

        project.Touch("beta.pt");
        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(3, project.Runs.Count);
        Assert.Contains("beta.pt", project.Runs[2], StringComparison.Ordinal);

        project.Touch("training data.csv");
        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(5, project.Runs.Count);

        project.Write("utaf.json", "{}");
        (await project.FingerprintAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(7, project.Runs.Count);
    }

    [Fact]
    public async Task What_is_asked_of_the_tool_is_asked_again_when_it_changes_and_how_loudly_is_not()
    {
        project.Items = """<UtafModel Include="alpha.pt" Data="training data.csv" Version="2.0.0" Task="regression" LabelColumn="-1" Arguments="--epochs 3" />""";
        (await project.FingerprintAsync("-p:UtafStore=folder:the store", "-p:UtafArguments=--examples 10", "-p:UtafDevice=cpu")).MustEndWith(0);
        var asked = project.Runs.Single().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["fingerprint", project.Path("alpha.pt"), "--version=2.0.0", "--task=regression"], asked[..4]);
        Assert.Contains($"--data={project.Path("training data.csv")}", asked);
        Assert.Contains("--label=-1", asked);
        Assert.Contains("--store=folder:the store", asked);
        Assert.Contains("--device=cpu", asked);
        Assert.Equal(["--examples", "10", "--epochs", "3"], asked[^4..]);

        string[] same = ["--no-restore", "-p:UtafStore=folder:the store", "-p:UtafArguments=--examples 10", "-p:UtafDevice=auto", "-p:UtafVerbosity=detailed"];
        (await project.FingerprintAsync(same)).MustEndWith(0);
        Assert.Single(project.Runs);

        project.Items = project.Items.Replace("2.0.0", "2.0.1", StringComparison.Ordinal);
        (await project.FingerprintAsync(same)).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
    }

    [Fact]
    public async Task A_folder_of_data_counts_by_its_files_and_a_configured_model_by_its_configuration()
    {
        project.Write("images/cat/1.png", "1");
        project.Write("utaf.json", """{ "models": [ { "name": "chosen-name", "path": "alpha.pt", "data": { "path": "images", }, } ] } // ours""");
        project.Items = """<UtafModel Include="alpha.pt" />""";
        (await project.FingerprintAsync()).MustEndWith(0);
        (await project.FingerprintAsync("--no-restore")).MustEndWith(0);
        Assert.Contains($"--config={project.Path("utaf.json")}", Assert.Single(project.Runs), StringComparison.Ordinal);
        Assert.Equal(["chosen-name.intoto.json", "chosen-name.manifest.json"], ReleaseProject.Names(project.Path("obj", "utaf", "Release", "public")));

        project.Write("images/cat/2.png", "2");
        (await project.FingerprintAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
    }

    [Fact]
    public async Task Clean_takes_everything_away_but_a_commitment_in_a_folder_of_the_project_s_choice()
    {
        (await project.PublishAsync()).MustEndWith(0);
        (await project.DotnetAsync("clean", "--configuration", "Release")).MustEndWith(0);
        Assert.Empty(Directory.GetFiles(project.Path("obj", "utaf"), "*", SearchOption.AllDirectories));

        (await project.PublishAsync("-p:UtafOutputDirectory=evidence")).MustEndWith(0);
        Assert.Equal(4, project.Runs.Count);
        Assert.Equal(PublicFiles, project.Published);
        (await project.DotnetAsync("clean", "--configuration", "Release")).MustEndWith(0);
        Assert.Equal(PublicFiles, ReleaseProject.Names(project.Path("evidence")));
    }

    [Fact]
    public async Task Neither_publish_nor_pack_needs_to_build()
    {
        (await project.DotnetAsync("build", "--configuration", "Release")).MustEndWith(0);
        (await project.PublishAsync("--no-build")).MustEndWith(0);
        Assert.Equal(PublicFiles, project.Published);

        (await project.DotnetAsync("pack", "--configuration", "Release", "--no-build")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Equal(PublicFiles, Packed());
    }

    [Fact]
    public async Task A_project_for_several_frameworks_fingerprints_once()
    {
        project.Properties = "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><OutputType>Library</OutputType>";
        project.Write("Program.cs", "public class Released { }");
        (await project.DotnetAsync("pack", "--configuration", "Release")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Equal(PublicFiles, Packed());

        (await project.PublishAsync("--framework", "net10.0")).MustEndWith(0);
        (await project.PublishAsync("--framework", "netstandard2.0")).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);
        Assert.Equal(PublicFiles, project.Published);

        (await project.DotnetAsync("clean", "--configuration", "Release")).MustEndWith(0);
        Assert.Empty(Directory.GetFiles(project.Path("obj", "utaf"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Two_builds_at_once_fingerprint_a_model_once()
    {
        project.Items = """<UtafModel Include="alpha.pt" />""";
        (await project.DotnetAsync("restore")).MustEndWith(0);
        project.Variables["STUB_MODE"] = "slow";
        var builds = await Task.WhenAll(project.FingerprintAsync("--no-restore"), project.FingerprintAsync("--no-restore", "-p:RuntimeIdentifier="));

        Assert.All(builds, build => build.MustEndWith(0));
        Assert.Single(project.Runs);
    }

    [Fact]
    public async Task A_build_that_finds_another_at_its_models_waits_for_it()
    {
        project.Items = """<UtafModel Include="alpha.pt" />""";
        (await project.FingerprintAsync()).MustEndWith(0);
        project.Write(
            "Directory.Build.targets",
            """<Project><Target Name="Begin" BeforeTargets="_UtafPrepare"><Touch Files="begun" AlwaysCreate="true" /></Target></Project>""");
        Task<ShellResult> build;
        using (File.Open(project.Path("obj", "utaf", "Release", "results", "alpha.request"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            build = project.FingerprintAsync("--no-restore");
            while (!build.IsCompleted && !File.Exists(project.Path("begun")))
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            await Task.WhenAny(build, Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        }

        (await build).MustEndWith(0);
        Assert.Single(project.Runs);
    }

    [Fact]
    public async Task A_disabled_package_does_nothing_and_an_IDE_s_questions_start_nothing()
    {
        (await project.PublishAsync("-p:UtafEnabled=false")).MustEndWith(0);
        Assert.Empty(project.Published);
        (await project.FingerprintAsync("-p:DesignTimeBuild=true")).MustEndWith(0);
        Assert.False(Directory.Exists(project.Path("obj", "utaf")));
        Assert.Empty(project.Runs);
    }

    [Fact]
    public async Task A_model_that_is_no_longer_one_is_no_longer_published()
    {
        (await project.PublishAsync()).MustEndWith(0);
        project.Items = """<UtafModel Include="alpha.pt" Data="training data.csv" />""";
        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(PublicFiles[..2], project.Published);
        Assert.Equal(2, project.Runs.Count);
    }

    [Fact]
    public async Task What_is_published_says_nothing_of_this_machine()
    {
        (await project.PublishAsync()).MustEndWith(0);
        var manifest = await File.ReadAllTextAsync(
            project.Path("bin", "Release", "net10.0", "publish", "utaf", "alpha.manifest.json"), TestContext.Current.CancellationToken);
        Assert.StartsWith("{\n  \"formatVersion\": 1,\n  \"model\"", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("folder:", manifest, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Packed()
    {
        using var package = ZipFile.OpenRead(Directory.GetFiles(project.Path("bin", "Release"), "*.nupkg").Single());
        return [.. package.Entries.Where(entry => entry.FullName.StartsWith("utaf/", StringComparison.Ordinal)).Select(entry => entry.Name).Order(StringComparer.Ordinal)];
    }
}
