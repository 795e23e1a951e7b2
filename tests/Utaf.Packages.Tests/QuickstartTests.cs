using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Stores;
using Utaf.Tests;

namespace Utaf.Packages.Tests;

/// <summary>The quickstart as a reader pastes it, block after block, with an Azurite.</summary>
public sealed partial class QuickstartTests(LocalFeed feed) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_leads_from_an_empty_folder_to_a_fingerprint_in_a_container()
    {
        using var azurite = new Azurite();
        var connection = Azurite.Connection(await azurite.PlainAsync());
        var blocks = Block().Matches(await File.ReadAllTextAsync(Repository.File("docs", "quickstart.md"), TestContext.Current.CancellationToken))
            .Select(match => match.Groups[1].Value);

        // The packages are the feed's and the server is running; the rest is pasted as it stands.
        var script = string.Join('\n', blocks)
            .Replace("dotnet tool install Utaf.Tool", $"dotnet tool install Utaf.Tool --version {feed.Version}", StringComparison.Ordinal)
            .Replace("dotnet add package Utaf.MSBuild", $"dotnet add package Utaf.MSBuild --version {feed.VersionOf("Utaf.MSBuild")}", StringComparison.Ordinal)
            .Replace("UseDevelopmentStorage=true", connection, StringComparison.Ordinal);
        script = Server().Replace(script, "");
        Assert.DoesNotContain("az storage", script, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("quickstart.sh"), script, TestContext.Current.CancellationToken);
        var container = new BlobContainerClient(connection, "models");
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);

        feed.Configure(folder.Path);
        var variables = new Dictionary<string, string?>(feed.Variables)
        {
            ["UTAF"] = Repository.Root.TrimEnd('/'),
            ["DOTNET_CLI_HOME"] = folder.File("home"),

            // A third of the models: the reader's patience is not what is tested.
            ["UTAF_PROFILE"] = "quick",
        };
        var pasted = (await Shell.RunAsync("bash", ["-e", folder.File("quickstart.sh")], folder.Path, variables, TimeSpan.FromMinutes(8))).MustEndWith(0);

        var blobs = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            blobs.Add(blob.Name);
        }

        Assert.Single(blobs, blob => blob.StartsWith("digits/1.0.0/", StringComparison.Ordinal) && blob.EndsWith(".utaf", StringComparison.Ordinal));
        Assert.Equal(3, blobs.Count);
        Assert.Contains("digits.intoto.json", pasted.Output, StringComparison.Ordinal);
        Assert.Contains("exit code 1: 1 is piracy suspected", pasted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Azurite.Key, pasted.All, StringComparison.Ordinal);

        // The second publish made nothing anew.
        Assert.Single(Fingerprinted().Matches(pasted.Output));
    }

    [GeneratedRegex(@"```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(npx|az) .*$", RegexOptions.Multiline)]
    private static partial Regex Server();

    [GeneratedRegex("is being fingerprinted")]
    private static partial Regex Fingerprinted();
}
