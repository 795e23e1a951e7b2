using System.Text.Json;
using System.Text.RegularExpressions;
using Utaf.Packages.Tests.Action;
using Utaf.Packages.Tests.Support;
using Utaf.Tests;

namespace Utaf.Packages.Tests;

/// <summary>What the templates make is linted, built and run.</summary>
public sealed class TemplateTests(LocalFeed feed, InstalledTool tool) : IClassFixture<InstalledTool>, IDisposable
{
    private static readonly string[] Placeholders = ["UTAF_RUNNER", "UTAF_DEVICE", "UTAF_ACTION", "UTAF_VERSION", "UTAF_PACKED", "my-model", "model.pt", "train.csv"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_configuration_plans_the_ensemble_of_its_model()
    {
        var made = await MakeAsync("utaf-config", "--store", "folder:kept");

        using var plan = JsonDocument.Parse((await tool.RunAsync(made, "ensemble", "plan", "--format", "json", "--profile", "quick")).MustEndWith(0).Output);
        Assert.NotEmpty(plan.RootElement.EnumerateObject());
        var file = await File.ReadAllTextAsync(Path.Combine(made, "utaf.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"folder:kept\"", file, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"digits\"", file, StringComparison.Ordinal);
        Assert.DoesNotContain(Placeholders, placeholder => file.Contains(placeholder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("utaf-config")]
    [InlineData("utaf-release")]
    public async Task What_is_chosen_changes_the_configuration_and_not_its_schema(string template)
    {
        var made = await MakeAsync(template, "--task", "regression", "--store", "folder:kept");

        var file = await File.ReadAllTextAsync(Path.Combine(made, "utaf.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"task\": \"regression\"", file, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(file, "regression"));
        Assert.Equal(
            await File.ReadAllTextAsync(Repository.File("templates", "utaf.schema.json"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(made, "utaf.schema.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_task_that_there_is_not_is_refused()
    {
        await InstallAsync();
        Assert.NotEqual(0, (await DotnetAsync(folder.Path, "new", "utaf-config", "--task", "divination")).ExitCode);
    }

    [Fact]
    public async Task The_workflows_pass_the_linters_and_have_the_permissions_they_need()
    {
        var made = await MakeAsync("utaf-release", "--runner", "self-hosted, linux", "--device", "cuda:0", "--action", "octo-org/utaf@v1.2.3");

        var workflows = Directory.GetFiles(Path.Combine(made, ".github", "workflows"));
        Assert.Equal(2, workflows.Length);
        foreach (var workflow in workflows)
        {
            (await Linters.ValidateAsync(workflow, folder.Path)).MustEndWith(0);
            (await Linters.ActionLintAsync(workflow)).MustEndWith(0);
            (await Linters.LanguageServiceAsync(workflow, folder.Path)).MustEndWith(0);
            var text = await File.ReadAllTextAsync(workflow, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Placeholders, placeholder => text.Contains(placeholder, StringComparison.Ordinal));
            Assert.Contains("uses: octo-org/utaf@v1.2.3", text, StringComparison.Ordinal);
            Assert.Contains($"version: {feed.VersionOf("Utaf.Templates")}", text, StringComparison.Ordinal);
        }

        var watch = await File.ReadAllTextAsync(Path.Combine(made, ".github", "workflows", "utaf-watch.yml"), TestContext.Current.CancellationToken);
        Assert.Contains("security-events: write", watch, StringComparison.Ordinal);
        Assert.Contains("issues: write", watch, StringComparison.Ordinal);

        // What a suspect answered goes into no artifact, which on a public repository anybody can fetch.
        Assert.Matches(@"path: \|\s+\.utaf/reports\s+\.utaf/evidence\s+!\.utaf/evidence/\*\*/answers\.jsonl\s", watch);
    }

    [Fact]
    public async Task The_model_is_trained_or_fetched_or_missed()
    {
        var made = await MakeAsync("utaf-release");
        var script = Linters.Steps(Path.Combine(made, ".github", "workflows", "utaf-release.yml"))
            .Single(step => Linters.Text(step, "name") == "Train or fetch the model");
        Task<ShellResult> RunAsync(string address) => Shell.RunAsync(
            "bash", ["-e", "-c", Linters.Text(script, "run")!], made, new Dictionary<string, string?> { ["MODEL"] = "made.pt", ["MODEL_URL"] = address, ["MODEL_TOKEN"] = "" });

        Assert.Contains("::error::There is no model at made.pt", (await RunAsync("")).MustEndWith(1).All, StringComparison.Ordinal);

        (await RunAsync(new Uri(Path.Combine(made, "target.pt")).AbsoluteUri)).MustEndWith(0);
        Assert.True(File.Exists(Path.Combine(made, "made.pt")));

        File.Delete(Path.Combine(made, "made.pt"));
        await File.WriteAllTextAsync(Path.Combine(made, "train.sh"), "#!/bin/sh\ncp target.pt made.pt\n", TestContext.Current.CancellationToken);
        (await Shell.RunAsync("chmod", ["+x", "train.sh"], made)).MustEndWith(0);
        (await RunAsync("")).MustEndWith(0);
    }

    [Fact]
    public async Task A_project_that_imports_the_snippet_is_published_with_the_commitment()
    {
        var made = await MakeAsync("utaf-release");
        await File.WriteAllTextAsync(
            Path.Combine(made, "service.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <UtafArguments>--profile=quick --epochs=1 --examples=10 --iterations=20 --architectures=mlp-8</UtafArguments>
              </PropertyGroup>
              <Import Project="utaf.props" />
            </Project>
            """,
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(made, "Program.cs"), "System.Console.WriteLine(1);", TestContext.Current.CancellationToken);
        feed.Configure(made);

        (await DotnetAsync(made, "publish", "--output", "out")).MustEndWith(0);

        var published = Directory.GetFiles(Path.Combine(made, "out"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToList();
        Assert.Contains("digits.intoto.json", published);
        Assert.Contains("digits.manifest.json", published);
        Assert.DoesNotContain(published, name => name!.EndsWith(".utaf", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(Path.Combine(made, ".utaf", "store"), "*.utaf", SearchOption.AllDirectories));
    }

    private async Task InstallAsync() => (await DotnetAsync(folder.Path, "new", "install", feed.Package("Utaf.Templates"))).MustEndWith(0);

    /// <summary>A folder with the template's files, and the sample's beside them.</summary>
    private async Task<string> MakeAsync(string template, params string[] more)
    {
        await InstallAsync();
        var made = folder.File("made");
        (await DotnetAsync(
            folder.Path,
            ["new", template, "--model-name", "digits", "--model-file", "target.pt", "--data", "owner.csv.gz", "--output", made, .. more])).MustEndWith(0);
        foreach (var name in (string[])["target.pt", "owner.csv.gz"])
        {
            File.Copy(Repository.File("samples", "digits", name), Path.Combine(made, name));
        }

        return made;
    }

    private Task<ShellResult> DotnetAsync(string where, params string[] arguments) => Shell.RunAsync(
        "dotnet",
        arguments,
        where,
        new Dictionary<string, string?>(tool.Variables) { ["DOTNET_CLI_HOME"] = folder.File("home"), ["NUGET_PACKAGES"] = feed.Cache });
}
