using System.Diagnostics;
using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>Whatever goes wrong is an error with a place and a cure, and nothing is half-published.</summary>
public sealed class FailureTests(LocalFeed feed, StubTool stub) : IDisposable
{
    private readonly ReleaseProject project = new(feed, stub);

    public void Dispose() => project.Dispose();

    [Theory]
    [InlineData("crash", "was ended by signal 6")]
    [InlineData("kill", "was ended by signal 9")]
    [InlineData("nothing", "ended with exit code 0 and no result")]
    public async Task A_tool_that_ends_without_a_result_fails_the_build(string mode, string how)
    {
        project.Variables["STUB_MODE"] = mode;
        var build = (await project.PublishAsync()).MustEndWith(1);

        Assert.Contains($"{project.Project} : error UTAF0003: The tool {how}", build.Output, StringComparison.Ordinal);
        Assert.Contains("alpha.pt", build.Output, StringComparison.Ordinal);
        MustHavePublishedNothing();

        // And the next build goes on as if nothing had been.
        project.Variables["STUB_MODE"] = "";
        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(4, project.Published.Count);
    }

    [Fact]
    public async Task A_model_that_fails_after_it_once_succeeded_is_not_taken_for_done()
    {
        (await project.PublishAsync()).MustEndWith(0);
        project.Touch("alpha.pt");
        project.Variables["STUB_MODE"] = "crash";
        (await project.PublishAsync("--no-restore")).MustEndWith(1);
        project.Variables["STUB_MODE"] = "";
        (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.Equal(4, project.Runs.Count);
    }

    [Theory]
    [InlineData("utaf.json(2,14) : error UTAF1011: store has no key 'adress'.", "utaf.json(2,14): error UTAF1011: store has no key 'adress'.")]
    [InlineData("training data.csv : error UTAF1201: The table has no rows: {0}.", "training data.csv : error UTAF1201: The table has no rows: {0}.")]
    [InlineData("utaf : error UTAF1012: A variable is not set.", "Release.csproj : error UTAF1012: A variable is not set.")]
    [InlineData("folder:/x/y : error UTAF1305: The store cannot be used.", "Release.csproj : error UTAF1305: folder:/x/y: The store cannot be used.")]
    [InlineData("alpha.pt : warning UTAF1199: It is old.", "alpha.pt : warning UTAF1199: It is old.")]
    public async Task What_the_tool_says_is_told_at_the_file_it_speaks_of(string said, string told)
    {
        project.Write("utaf.json", "{}");
        project.Variables["STUB_MODE"] = "say";
        project.Variables["STUB_SAYS"] = said;
        project.Variables["STUB_EXIT_CODE"] = "2";
        var build = (await project.FingerprintAsync()).MustEndWith(1);

        Assert.Contains(project.Path(told), build.Output, StringComparison.Ordinal);

        // Whoever says why it failed is not asked again; who only warns has not.
        Assert.Equal(said.Contains("warning", StringComparison.Ordinal), build.Output.Contains("UTAF0003", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_is_not_there_and_one_that_is_there_twice_are_errors_of_the_project()
    {
        project.Items =
            """
            <UtafModel Include="gamma.pt" />
            <UtafModel Include="alpha.pt" />
            <UtafModel Include="./alpha.pt" Name="other" />
            <UtafModel Include="beta.pt" Name="ALPHA" />
            """;
        var build = (await project.PublishAsync()).MustEndWith(1);

        Assert.Contains($"{project.Project} : error UTAF0004: The UtafModel 'gamma.pt' is not there: expected the file {project.Path("gamma.pt")}.", build.Output, StringComparison.Ordinal);
        Assert.Contains($"error UTAF0005: The UtafModel 'alpha.pt' and the UtafModel './alpha.pt' have the same file, {project.Path("alpha.pt")}.", build.Output, StringComparison.Ordinal);
        Assert.Contains("error UTAF0005: The UtafModel 'alpha.pt' and the UtafModel 'beta.pt' have the same name, ", build.Output, StringComparison.Ordinal);
        Assert.Empty(project.Runs);
        MustHavePublishedNothing();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_before_any_work()
    {
        project.Write("obj/utaf/Release", "in the way");
        var build = (await project.FingerprintAsync()).MustEndWith(1);
        Assert.Contains($"{project.Project} : error UTAF0006: The folder {project.Path("obj", "utaf", "Release", "results")}", build.Output, StringComparison.Ordinal);

        File.Delete(project.Path("obj", "utaf", "Release"));
        build = (await project.FingerprintAsync("--no-restore", "-p:UtafOutputDirectory=alpha.pt")).MustEndWith(1);
        Assert.Contains("choose another with UtafOutputDirectory", build.Output, StringComparison.Ordinal);
        Assert.Empty(project.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_the_build_asks_the_tool_to_stop(bool byManifest)
    {
        if (byManifest)
        {
            project.Tool = null;
            project.Write(".config/dotnet-tools.json", stub.Manifest);
            (await Shell.RunAsync("dotnet", ["tool", "restore", "--add-source", stub.Feed], project.Folder, project.Variables)).MustEndWith(0);
        }

        project.Variables["STUB_MODE"] = "hang";
        (await project.DotnetAsync("restore")).MustEndWith(0);

        // A script starts what it puts in the background with SIGINT ignored, and so are all that these start: coreutils' env undoes that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", "build", "--no-restore", "-t:UtafFingerprint", "-p:Configuration=Release"])
        {
            WorkingDirectory = project.Folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in project.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var build = Process.Start(start)!;
        var output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var hanging = Path.Combine(project.Notes, "hanging");
        for (var waited = 0; !File.Exists(hanging) && waited < 600; waited++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        // To the build alone, as an IDE's button would: a terminal's Ctrl-C reaches the tool by itself.
        (await Shell.RunAsync("kill", ["-INT", $"{build.Id}"], project.Folder)).MustEndWith(0);
        try
        {
            await build.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            build.Kill(entireProcessTree: true);
            Assert.Fail($"The build did not end. It said:\n{await output}");
        }

        Assert.NotEqual(0, build.ExitCode);
        Assert.True(File.Exists(Path.Combine(project.Notes, "asked-to-stop")));
        Assert.Contains("warning UTAF0007: ", await output, StringComparison.Ordinal);
        Assert.Single(project.Runs);
        MustHavePublishedNothing();
    }

    private void MustHavePublishedNothing()
    {
        Assert.Empty(project.Published);
        Assert.DoesNotContain(ReleaseProject.Names(project.Path("obj", "utaf", "Release", "results")), name => Path.GetExtension(name) is not (".request" or ".lock"));
        Assert.Empty(ReleaseProject.Names(project.Path("obj", "utaf", "Release", "public")));
    }
}
