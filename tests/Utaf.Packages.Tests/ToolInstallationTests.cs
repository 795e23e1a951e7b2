using System.IO.Compression;
using System.Text.Json;
using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;

namespace Utaf.Packages.Tests;

/// <summary>The tool installed in each of the ways that there are, away from the repository, and what it does then.</summary>
public sealed class ToolInstallationTests(LocalFeed feed, InstalledTool tool) : IClassFixture<InstalledTool>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Installed_to_a_path_it_runs_the_demo()
    {
        var demo = await Shell.RunAsync("dotnet", ["utaf", "demo", "--format", "json"], folder.Path, tool.Variables, Patience);

        // 4: a verdict was wrong, which the last bits of training decide.
        demo.MustEndWith(0, 4);
        using var document = JsonDocument.Parse(demo.Output);
        Assert.Equal(25, document.RootElement.GetProperty("suspects").GetArrayLength());
        Assert.InRange(document.RootElement.GetProperty("right").GetInt32(), 23, 25);
    }

    [Fact]
    public async Task Installed_globally_it_is_a_command_of_dotnet()
    {
        var home = folder.File("home");
        var variables = Variables(("HOME", home));
        (await Shell.RunAsync("dotnet", ["tool", "install", "--global", "Utaf.Tool", "--version", feed.Version], folder.Path, variables)).MustEndWith(0);

        variables["PATH"] = Path.Combine(home, ".dotnet", "tools") + Path.PathSeparator + variables["PATH"];
        await MustWorkAsync("dotnet", ["utaf"], variables);
    }

    [Fact]
    public async Task Installed_by_a_manifest_it_belongs_to_one_folder()
    {
        feed.Configure(folder.Path);
        var variables = Variables();
        (await Shell.RunAsync("dotnet", ["new", "tool-manifest"], folder.Path, variables)).MustEndWith(0);
        (await Shell.RunAsync("dotnet", ["tool", "install", "Utaf.Tool", "--version", feed.Version], folder.Path, variables)).MustEndWith(0);

        await MustWorkAsync("dotnet", ["tool", "run", "dotnet-utaf", "--"], variables);
        await MustWorkAsync("dotnet", ["utaf"], variables);
    }

    [Fact]
    public async Task Run_without_an_installation()
    {
        feed.Configure(folder.Path);
        await MustWorkAsync("dotnet", ["tool", "exec", $"Utaf.Tool@{feed.Version}", "--yes", "--"], Variables());
    }

    [Fact]
    public async Task The_portable_tool_verifies_and_says_how_to_get_torch_and_gets_it()
    {
        var portable = folder.File("portable");
        ZipFile.ExtractToDirectory(feed.Package("Utaf.Tool.any"), portable);
        var program = Path.Combine(portable, "tools", "net10.0", "any", "dotnet-utaf.dll");
        var variables = Variables(("UTAF_CACHE", folder.File("cache")));
        Task<ShellResult> RunAsync(params string[] arguments) => Shell.RunAsync("dotnet", [program, .. arguments], folder.Path, variables);

        var refused = (await RunAsync(Fingerprint())).MustEndWith(3);
        Assert.Contains("UTAF2001", refused.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet utaf runtime install cpu", refused.Error, StringComparison.Ordinal);

        // The pair is made by the other tool, its suspect served by it.
        (await tool.RunAsync(folder.Path, Fingerprint())).MustEndWith(0);
        var port = PeerProcess.FreePort();
        using (await PeerProcess.StartAsync(
            tool.Program,
            ["serve", Sample("target.pt"), "--input-shape", "64", "--port", $"{port}"],
            port,
            folder.Path,
            new Dictionary<string, string> { ["UTAF_CACHE"] = tool.Cache }))
        {
            (await RunAsync("verify", $"http://127.0.0.1:{port}/v2/models/target", "--model", "digits", "--format", "json")).MustEndWith(1);
        }

        (await RunAsync("runtime", "install", "cpu", "--source", feed.Folder)).MustEndWith(0);
        (await RunAsync("doctor")).MustEndWith(0);
        (await RunAsync("verify", Sample("target.pt"), "--model", "digits")).MustEndWith(1);
        (await RunAsync("runtime", "undo")).MustEndWith(0);
        Assert.Contains("UTAF2001", (await RunAsync("verify", Sample("target.pt"), "--model", "digits")).MustEndWith(3).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_back_end_is_installed_beside_the_tool_s_own_and_taken_back()
    {
        var variables = Variables(("UTAF_CACHE", folder.File("cache")));
        Task<ShellResult> RunAsync(params string[] arguments) => Shell.RunAsync(tool.Program, arguments, folder.Path, variables);

        (await RunAsync("runtime", "install", "cpu")).MustEndWith(0);
        var installed = Used(await RunAsync("runtime", "list", "--format", "json"));
        Assert.StartsWith("cpu-", installed, StringComparison.Ordinal);
        var doctor = (await RunAsync("doctor")).MustEndWith(0);
        Assert.Contains(installed, doctor.Output, StringComparison.Ordinal);
        (await RunAsync(Fingerprint())).MustEndWith(0);

        Assert.Equal("-", Used(await RunAsync("runtime", "undo", "--format", "json")));
        Assert.DoesNotContain(installed, (await RunAsync("doctor")).MustEndWith(0).Output, StringComparison.Ordinal);
        Assert.Equal(installed, Used(await RunAsync("runtime", "undo", "--format", "json")));
    }

    [Theory]
    [InlineData("rocm", 2, "UTAF2005")]
    [InlineData("cuda", 3, "UTAF2006")]
    [InlineData(".", 3, "UTAF2008")]
    public async Task A_back_end_that_cannot_be_had_changes_nothing(string backend, int exitCode, string code)
    {
        // An empty source alone: no machine has CUDA's packages here.
        Directory.CreateDirectory(folder.File("empty"));
        File.WriteAllText(
            folder.File("nuget.config"),
            "<configuration><packageSources><clear /><add key=\"empty\" value=\"empty\" /></packageSources></configuration>");
        var variables = Variables(("UTAF_CACHE", folder.File("cache")), ("NUGET_PACKAGES", folder.File("packages")));

        var refused = (await Shell.RunAsync(tool.Program, ["runtime", "install", backend], folder.Path, variables)).MustEndWith(exitCode);

        Assert.Contains(code, refused.Error, StringComparison.Ordinal);
        Assert.Equal("-", Used(await Shell.RunAsync(tool.Program, ["runtime", "list", "--format", "json"], folder.Path, variables)));
        var left = folder.File("cache/runtimes");
        Assert.True(!Directory.Exists(left) || Directory.GetFileSystemEntries(left, "*", SearchOption.AllDirectories).All(path => Path.GetFileName(path)[0] is >= '0' and <= '9'));
    }

    [Fact]
    public async Task A_folder_whose_libraries_do_not_load_is_not_used()
    {
        var natives = folder.File("natives");
        Directory.CreateDirectory(natives);
        await File.WriteAllTextAsync(Path.Combine(natives, "libLibTorchSharp.so"), "no library", TestContext.Current.CancellationToken);
        var variables = Variables(("UTAF_CACHE", folder.File("cache")));

        var refused = (await Shell.RunAsync(tool.Program, ["runtime", "install", natives], folder.Path, variables)).MustEndWith(3);

        Assert.Contains("UTAF2008", refused.Error, StringComparison.Ordinal);
        (await Shell.RunAsync(tool.Program, ["doctor"], folder.Path, variables)).MustEndWith(0);
    }

    [Theory]
    [InlineData("dotnet utaf ver", "verify")]
    [InlineData("dotnet-utaf verify --mo", "--model")]
    [InlineData("dotnet utaf fingerprint --task reg", "regression")]
    [InlineData("dotnet buil", "build build-server")]
    public async Task Bash_completes_it(string line, string candidates)
    {
        var script = folder.File("complete.sh");
        await File.WriteAllTextAsync(
            script,
            """
            eval "$(dotnet utaf completion bash)"
            COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
            read -ra COMP_WORDS <<< "$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _dotnet_utaf
            echo "${COMPREPLY[@]}"
            """,
            TestContext.Current.CancellationToken);

        var completed = (await Shell.RunAsync("bash", [script, line], folder.Path, tool.Variables)).MustEndWith(0);

        Assert.StartsWith(candidates, completed.Output, StringComparison.Ordinal);
    }

    private static string Sample(string name) => Repository.File("samples", "digits", name);

    private static string Used(ShellResult result)
    {
        using var document = JsonDocument.Parse(result.MustEndWith(0).Output);
        return document.RootElement.GetProperty("used").GetString()!;
    }

    // The smallest pair that is one: two members of each kind would do, but the profile has its own count.
    private static string[] Fingerprint() =>
    [
        "fingerprint", Sample("target.pt"), "--data", Sample("owner.csv.gz"), "--public", Sample("public.csv.gz"), "--name", "digits",
        "--profile", "quick", "--epochs", "1", "--examples", "10", "--iterations", "20",
    ];

    private async Task MustWorkAsync(string program, string[] before, Dictionary<string, string?> variables)
    {
        var version = (await Shell.RunAsync(program, [.. before, "--version"], folder.Path, variables)).MustEndWith(0);
        Assert.Equal(feed.Version, version.Output.Trim().Split('\n')[^1]);
        (await Shell.RunAsync(program, [.. before, "doctor"], folder.Path, variables)).MustEndWith(0);
        (await Shell.RunAsync(program, [.. before, "demo", "--profile", "quick"], folder.Path, variables, Patience)).MustEndWith(0, 4);
    }

    private Dictionary<string, string?> Variables(params (string Name, string Value)[] more)
    {
        feed.Configure(folder.Path);
        var variables = new Dictionary<string, string?>(feed.Variables)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH"),
            ["UTAF_CACHE"] = tool.Cache,

            // Where dotnet remembers local tools: otherwise the user's home.
            ["DOTNET_CLI_HOME"] = Directory.CreateDirectory(folder.File("home")).FullName,
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }
}
