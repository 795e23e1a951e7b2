using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Build.Logging.StructuredLogger;
using Utaf.Packages.Tests.Support;
using Task = System.Threading.Tasks.Task;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>The package with the real tool, on the sample, with the smallest pair that is one.</summary>
public sealed class WithTheToolTests : IClassFixture<InstalledTool>, IDisposable
{
    private const string Settings = "<UtafArguments>--profile quick --epochs 1 --examples 10 --iterations 20 --architectures mlp-8</UtafArguments>";

    private static readonly string[] PublicFiles = ["digits.intoto.json", "digits.manifest.json"];

    private readonly ReleaseProject project;

    public WithTheToolTests(LocalFeed feed, StubTool stub, InstalledTool tool)
    {
        project = new(feed, stub)
        {
            Tool = tool.Folder,
            Items = """<UtafModel Include="zieldaten/modell für ziffern.pt" Name="digits" Data="owner.csv.gz" Public="public.csv.gz" ImageShape="1,8,8" />""",
        };
        project.Properties += Settings;
        project.Variables["UTAF_CACHE"] = tool.Cache;
        Directory.CreateDirectory(project.Path("zieldaten"));
        File.Copy(Sample("target.pt"), project.Path("zieldaten", "modell für ziffern.pt"));
        File.Copy(Sample("owner.csv.gz"), project.Path("owner.csv.gz"));
        File.Copy(Sample("public.csv.gz"), project.Path("public.csv.gz"));
    }

    public void Dispose() => project.Dispose();

    [Fact]
    public async Task A_published_model_is_fingerprinted_and_a_suspect_verified_and_no_log_holds_a_secret()
    {
        var key = Convert.ToBase64String(Enumerable.Range(1, 32).Select(number => (byte)(7 * number)).ToArray());
        project.Variables["UTAF_STORE_KEY"] = key;
        project.Items += $"""<UtafSuspect Include="{Sample("target.pt")}" />""";

        var publish = (await project.PublishAsync("-bl:release.binlog", "-p:UtafVerifyOnPublish=true")).MustEndWith(0);

        Assert.Contains("-> digits 1.0.0, pair ", publish.Output, StringComparison.Ordinal);

        // With so small an ensemble the verdict may be either; the build says the same as the report.
        var report = await File.ReadAllTextAsync(project.Path("obj", "utaf", "Release", "verification.json"), TestContext.Current.CancellationToken);
        var suspected = JsonDocument.Parse(report).RootElement.GetProperty("exitCode").GetInt32() == 1;
        Assert.Equal(suspected, publish.Output.Contains("warning UTAF0010: ", StringComparison.Ordinal));
        Assert.Equal(PublicFiles, project.Published);
        Assert.Empty(Directory.GetFiles(project.Path("bin"), "*.utaf", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(project.Path(".utaf", "store", "digits", "1.0.0"), "*.utaf"));

        var commands = BinaryLog.ReadBuild(project.Path("release.binlog")).FindChildrenRecursive<Property>(property => property.Name == "CommandLineArguments");
        Assert.Contains(commands, command => command.Value.Contains("--image-shape=1,8,8", StringComparison.Ordinal));
        var bytes = await BytesOfLogAsync();
        Assert.Contains("--image-shape=1,8,8", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(key, bytes, StringComparison.Ordinal);

        var again = (await project.PublishAsync("--no-restore")).MustEndWith(0);
        Assert.DoesNotContain("is being fingerprinted", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_stand_where_they_are_made_and_a_refused_store_publishes_nothing()
    {
        project.Write("utaf.json", "{\n  \"store\": { \"adress\": \"folder:x\" }\n}");
        var build = (await project.FingerprintAsync()).MustEndWith(1);
        Assert.Contains($"{project.Path("utaf.json")}(2,14): error UTAF1011: ", build.Output, StringComparison.Ordinal);
        File.Delete(project.Path("utaf.json"));

        project.Write("no model.pt", "no model");
        var items = project.Items;
        project.Items = """<UtafModel Include="no model.pt" Data="owner.csv.gz" />""";
        build = (await project.FingerprintAsync("--no-restore")).MustEndWith(1);
        Assert.Contains($"{project.Path("no model.pt")} : error UTAF11", build.Output, StringComparison.Ordinal);

        project.Items = items;
        build = (await project.PublishAsync("--no-restore", "-p:UtafStore=folder:owner.csv.gz")).MustEndWith(1);
        Assert.Contains("error UTAF1305: ", build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("UTAF0003", build.Output, StringComparison.Ordinal);
        Assert.Empty(project.Published);
        Assert.Empty(ReleaseProject.Names(project.Path("obj", "utaf", "Release", "public")));
    }

    [Fact]
    public async Task Several_projects_of_a_solution_share_a_store()
    {
        string[] names = ["eins", "zwei", "drei"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(project.Path(name));
            project.Items = $"""<UtafModel Include="../zieldaten/modell für ziffern.pt" Name="digits" Version="{name}" Data="../owner.csv.gz" Public="../public.csv.gz" />""";
            project.WriteProject();
            File.Move(project.Project, project.Path(name, $"{name}.csproj"));
            project.Write($"{name}/Program.cs", "System.Console.WriteLine();");
        }

        File.Delete(project.Path("Program.cs"));
        project.Write("All.slnx", $"<Solution>{string.Concat(names.Select(name => $"""<Project Path="{name}/{name}.csproj" />"""))}</Solution>");
        (await Shell.RunAsync(
            "dotnet", ["publish", "All.slnx", "--configuration", "Release", "-m:3", $"-p:UtafStore=folder:{project.Path("der Speicher")}"], project.Folder, project.Variables))
            .MustEndWith(0);

        Assert.All(names, name => Assert.Single(Directory.GetFiles(project.Path("der Speicher", "digits", name), "*.utaf")));
        Assert.All(names, name => Assert.Equal(PublicFiles, ReleaseProject.Names(project.Path(name, "bin", "Release", "net10.0", "publish", "utaf"))));
    }

    // All of it, whatever a reader of logs would show.
    private async Task<string> BytesOfLogAsync()
    {
        using var packed = File.OpenRead(project.Path("release.binlog"));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Sample(string name) => Repository.File("samples", "digits", name);
}
