using System.IO.Compression;
using System.Text.Json;
using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;

namespace Utaf.Packages.Tests;

/// <summary>Back ends of torch that the user installs: for the portable tool, which has none, and beside the others' own.</summary>
public sealed class BackendTests(LocalFeed feed, InstalledTool tool) : IClassFixture<InstalledTool>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_portable_tool_verifies_and_says_how_to_get_torch_and_gets_it()
    {
        var portable = folder.File("portable");
        ZipFile.ExtractToDirectory(feed.Package("Utaf.Tool.any"), portable);
        var program = Path.Combine(portable, "tools", "net10.0", "any", "dotnet-utaf.dll");
        var variables = tool.Away(folder, ("UTAF_CACHE", folder.File("cache")));
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
        var variables = tool.Away(folder, ("UTAF_CACHE", folder.File("cache")));
        Task<ShellResult> RunAsync(params string[] arguments) => Shell.RunAsync(tool.Program, arguments, folder.Path, variables);

        (await RunAsync("runtime", "install", "cpu")).MustEndWith(0);
        var installed = Used(await RunAsync("runtime", "list", "--format", "json"));
        Assert.StartsWith("cpu-", installed, StringComparison.Ordinal);
        var doctor = (await RunAsync("doctor")).MustEndWith(0);
        Assert.Contains(installed, doctor.Output, StringComparison.Ordinal);
        (await RunAsync([.. Fingerprint(), "--architectures", "mlp-8"])).MustEndWith(0);

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
        var variables = tool.Away(folder, ("UTAF_CACHE", folder.File("cache")), ("NUGET_PACKAGES", folder.File("packages")));

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
        var variables = tool.Away(folder, ("UTAF_CACHE", folder.File("cache")));

        var refused = (await Shell.RunAsync(tool.Program, ["runtime", "install", natives], folder.Path, variables)).MustEndWith(3);

        Assert.Contains("UTAF2008", refused.Error, StringComparison.Ordinal);
        (await Shell.RunAsync(tool.Program, ["doctor"], folder.Path, variables)).MustEndWith(0);
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
}
