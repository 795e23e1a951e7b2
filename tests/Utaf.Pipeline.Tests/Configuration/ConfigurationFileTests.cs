using Utaf.Configuration;
using Utaf.Tests;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Configuration;

/// <summary>What a good file becomes.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void The_starter_is_read_and_its_paths_are_the_files_own()
    {
        var configuration = Read(ConfigurationFile.Starter);

        var model = Assert.Single(configuration.Models);
        Assert.Equal(("my-model", "1.0.0", "classification"), (model.Name, model.Version, model.Task));
        Assert.Equal(folder.File("model.pt"), model.Path);
        Assert.Equal(folder.File("train.csv"), model.Data.Path);
        Assert.Equal($"folder:{folder.File(".utaf/store")}", configuration.Store.Address);
        Assert.Equal(folder.File(".utaf/evidence"), configuration.Verification.Evidence);
        Assert.Equal(["html", "sarif"], configuration.Reports.Formats);
        Assert.Equal("standard", configuration.Ensemble.Profile);
        Assert.Empty(configuration.Suspects);
    }

    [Fact]
    public void An_empty_object_says_nothing_and_leaves_every_default()
    {
        var configuration = Read("{ /* nothing yet */ }");
        Assert.Equal(["model-piracy"], configuration.GitHub.Labels);
        Assert.Null(configuration.GitHub.Template);
        Assert.Null(configuration.Store.Address);
        Assert.Empty(configuration.Models);
    }

    [Fact]
    public void A_suspect_keeps_the_defaults_that_it_does_not_change_and_knows_its_place()
    {
        var configuration = Read(
            """
            {
              "suspects": [
                { "name": "first", "path": "first.pt" },
                  // the second
                  { "name": "second", "url": "HTTPS://api.example.com:8443/v2?key=1", "proxy": "http://proxy:3128",
                    "authentication": { "bearer": "env:TOKEN", "headers": { "X-Api-Key": "env:KEY_2" }, "certificate": "me.pfx" },
                    "request": { "encoding": "png" }, "response": { "kind": "logProbabilities" }, "limits": { "retries": 0 }, },
              ],
            }
            """);

        var suspect = configuration.Suspects[1];
        Assert.Equal(new SourcePosition(folder.File("utaf.json"), 5, 7), suspect.Position);
        Assert.Equal(new Uri("https://api.example.com:8443/v2?key=1"), suspect.Url);
        Assert.Equal(new Secret("TOKEN"), suspect.Authentication!.Bearer);
        Assert.Equal(new Secret("KEY_2"), suspect.Authentication.Headers["X-Api-Key"]);
        Assert.Equal(folder.File("me.pfx"), suspect.Authentication.Certificate);
        Assert.Equal(("png", 1.0), (suspect.Request.Encoding, suspect.Request.Scale));
        Assert.Equal(OutputKind.LogProbabilities, suspect.Response.Kind);
        Assert.Equal(new LimitSettings { Retries = 0 }, suspect.Limits);
        Assert.Equal(new LimitSettings(), configuration.Suspects[0].Limits);
        Assert.Equal(folder.File("first.pt"), configuration.Suspects[0].Path);
    }

    [Fact]
    public void Whoever_only_verifies_lists_no_models_and_names_those_of_the_store() =>
        Assert.Equal("prices", Read("""{ "suspects": [{ "name": "a", "model": "prices", "path": "a.pt" }] }""").Suspects[0].Model);

    [Fact]
    public void Absolute_paths_and_blob_addresses_stay_as_they_are()
    {
        var configuration = Read("""{ "store": { "address": "azblob://account/pairs" }, "reports": { "folder": "/srv/reports" } }""");
        Assert.Equal("azblob://account/pairs", configuration.Store.Address);
        Assert.Equal("/srv/reports", configuration.Reports.Folder);
    }

    [Fact]
    public void The_issues_template_is_beside_the_file() =>
        Assert.Equal(folder.File("issue.md"), Read("""{ "gitHub": { "template": "issue.md" } }""").GitHub.Template);

    [Fact]
    public void A_byte_order_mark_is_no_letter() => Assert.Empty(Read([0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}']).Models);

    [Fact]
    public void The_largest_seed_is_read_to_its_last_digit() =>
        Assert.Equal(ulong.MaxValue, Read("""{ "fingerprint": { "seed": 18446744073709551615 } }""").Fingerprint.Seed);

    public void Dispose() => folder.Dispose();

    private UtafConfiguration Read(string json) => Read(System.Text.Encoding.UTF8.GetBytes(json));

    private UtafConfiguration Read(byte[] utf8)
    {
        File.WriteAllBytes(folder.File("utaf.json"), utf8);
        return ConfigurationFile.Read(folder.File("utaf.json"));
    }
}
