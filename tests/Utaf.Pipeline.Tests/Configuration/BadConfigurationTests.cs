using System.Text;
using Utaf.Configuration;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Configuration;

/// <summary>Each mistake in a file is one error that points at it. In these texts a '▸' marks the place that must be named.</summary>
public sealed class BadConfigurationTests : IDisposable
{
    private const string Key = "hunter2-hunter2";

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("UTAF1010", "▸", "dotnet utaf init")]
    [InlineData("UTAF1010", "{ \"models\": [] ▸\"suspects\": [] }", "comma")]
    [InlineData("UTAF1010", "{\n  \"store\": t▸hunter2-hunter2\n}", "quotation mark")]
    [InlineData("UTAF1010", "{ \"models\": [▸", "bracket")]
    [InlineData("UTAF1010", "{}\n▸{}", "bracket")]
    [InlineData("UTAF1010", "{ \"store\": { \"address\": ▸\"\\ud800\" } }", "no text")]
    [InlineData("UTAF1011", "{\n\t▸\"modles\": [] }", "Did you mean 'models'?")]
    [InlineData("UTAF1011", "{ \"ensemble\": { \"profile\": \"quick\", ▸\"Epochs\": 1 } }", "ensemble has no key 'Epochs'. Did you mean 'epochs'?")]
    [InlineData("UTAF1011", "{ ▸\"colour\": 1 }", "It may have: $schema, models, ")]
    [InlineData("UTAF1011", "{ /* ünïcødé 🎉 */ ▸\"\\u001b[31mred\": 1 }", "no key '[31mred'")]
    [InlineData("UTAF1013", "{ \"store\": {},\r\n ▸\"store\": {} }", "'store' stands here a second time")]
    [InlineData("UTAF1014", "{ \"models\": [\n▸{ \"name\": \"a\", \"path\": \"a.pt\" }] }", "models[0] has no 'data'")]
    [InlineData("UTAF1014", "{ \"suspects\": [▸{ \"path\": \"a.pt\" }] }", "suspects[0] has no 'name', which it must have. What it is called")]
    [InlineData("UTAF1015", "▸[]", "the file to be an object, {…}, found a list")]
    [InlineData("UTAF1015", "{ \"fingerprint\": { \"examples\": ▸\"100\" } }", "fingerprint.examples to be a whole number from 1 to 100000, found a text")]
    [InlineData("UTAF1015", "{ \"fingerprint\": { \"examples\": ▸1.5 } }", "a whole number")]
    [InlineData("UTAF1015", "{ \"ensemble\": ▸null }", "leave the key out")]
    [InlineData("UTAF1015", "{ \"models\": [{ \"name\": ▸7 }] }", "models[0].name")]
    [InlineData("UTAF1015", "{ \"suspects\": [{ \"limits\": { \"shuffle\": ▸\"no\" } }] }", "true or false")]
    [InlineData("UTAF1016", "{ \"fingerprint\": { \"examples\": ▸0 } }", "from 1 to 100000; it is 0.")]
    [InlineData("UTAF1016", "{ \"fingerprint\": { \"threshold\": ▸1 } }", "above 0 and below 1")]
    [InlineData("UTAF1016", "{ \"fingerprint\": { \"inputLearningRate\": ▸1e999 } }", "it is 1e999")]
    [InlineData("UTAF1016", "{ \"fingerprint\": { \"seed\": ▸18446744073709551616 } }", "to 18446744073709551615")]
    [InlineData("UTAF1016", "{ \"fingerprint\": { \"weights\": ▸[1, 1] } }", "three numbers such as [1, 1, 1]; it has 2")]
    [InlineData("UTAF1016", "{ \"suspects\": [{ \"request\": { \"scale\": ▸0.0 } }] }", "a number that is not 0")]
    [InlineData("UTAF1016", "{ \"suspects\": [{ \"protocol\": ▸\"openinference\" }] }", "Did you mean 'open-inference'?")]
    [InlineData("UTAF1016", "{ \"suspects\": [{ \"request\": { \"encoding\": ▸\"jpeg\" } }] }", "one of numbers, png; it is 'jpeg'")]
    [InlineData("UTAF1016", "{ \"reports\": { \"formats\": [\"html\", ▸\"pdf\"] } }", "reports.formats[1]")]
    [InlineData("UTAF1016", "{ \"reports\": { \"formats\": [\"html\", ▸\"html\"] } }", "without repetitions")]
    [InlineData("UTAF1016", "{ \"models\": [{ \"name\": ▸\"../a\" }] }", "letters, digits")]
    [InlineData("UTAF1016", "{ \"models\": [{ \"name\": ▸\"a\\n\" }] }", "letters, digits")]
    [InlineData("UTAF1016", "{ \"gitHub\": { \"repository\": ▸\"just-a-name\" } }", "OWNER/REPO")]
    [InlineData("UTAF1016", "{ \"store\": { \"address\": ▸\"s3://bucket\" } }", "folder:PATH")]
    [InlineData("UTAF1016", "{ \"store\": { \"address\": ▸\"\" } }", "it is empty")]
    [InlineData("UTAF1017", "{ \"gitHub\": { \"token\": ▸\"hunter2-hunter2\" } }", "gitHub.token to be env:NAME")]
    [InlineData("UTAF1017", "{ \"gitHub\": { \"token\": ▸\"env:hunter2-hunter2\" } }", "not shown")]
    [InlineData("UTAF1017", "{ \"store\": { \"encryptionKey\": ▸{ \"hunter2-hunter2\": 1 } } }", "store.encryptionKey")]
    [InlineData("UTAF1017", "{ \"suspects\": [{ \"authentication\": { \"headers\": { \"X-Api-Key\": ▸\"hunter2-hunter2\" } } }] }", "headers.X-Api-Key")]
    [InlineData("UTAF1018", "{ \"suspects\": [{ \"url\": ▸\"https://me:hunter2-hunter2@example.com/\" }] }", "under authentication")]
    [InlineData("UTAF1018", "{ \"suspects\": [{ \"url\": ▸\"ftp://example.com/hunter2-hunter2\" }] }", "another scheme")]
    [InlineData("UTAF1018", "{ \"suspects\": [{ \"url\": ▸\"file:///hunter2-hunter2\" }] }", "another scheme")]
    [InlineData("UTAF1018", "{ \"suspects\": [{ \"url\": ▸\"/v2/models/hunter2-hunter2\" }] }", "suspects[0].url")]
    [InlineData("UTAF1018", "{ \"suspects\": [{ \"proxy\": ▸\"http://example.com:99999/\" }] }", "its port")]
    [InlineData("UTAF1018", "{ \"gitHub\": { \"apiUrl\": ▸\"api.github.com\" } }", "https:// or http://")]
    [InlineData("UTAF1019", "{ \"suspects\": [{ \"name\": \"a\", \"path\": \"a.pt\" }, { \"path\": \"b.pt\", \"name\": ▸\"a\" }] }", "another suspect 'a'")]
    [InlineData(
        "UTAF1019",
        "{ \"models\": [{ \"name\": \"a\", \"path\": \"a.pt\", \"data\": { \"path\": \"d\" } }, { \"name\": ▸\"a\", \"version\": \"1.0.0\", \"path\": \"b.pt\", \"data\": { \"path\": \"d\" } }] }",
        "another model 'a@1.0.0'")]
    [InlineData("UTAF1020", "{ \"suspects\": [▸{ \"name\": \"a\" }] }", "neither path nor url")]
    [InlineData("UTAF1020", "{ \"suspects\": [▸{ \"name\": \"a\", \"path\": \"a.pt\", \"url\": \"http://a/\" }] }", "both path and url")]
    [InlineData(
        "UTAF1021",
        "{ \"models\": [{ \"name\": \"prices\", \"path\": \"a.pt\", \"data\": { \"path\": \"d\" } }], \"suspects\": [{ \"name\": \"a\", \"path\": \"a.pt\", \"model\": ▸\"price\" }] }",
        "did you mean 'prices'?")]
    [InlineData(
        "UTAF1021",
        "{ \"models\": [{ \"name\": \"a\", \"path\": \"a.pt\", \"data\": { \"path\": \"d\" } }, { \"name\": \"b\", \"path\": \"b.pt\", \"data\": { \"path\": \"d\" } }], \"suspects\": [▸{ \"name\": \"s\", \"path\": \"s.pt\" }] }",
        "does not name its model. The models here are: a, b.")]
    public void A_mistake_is_told_where_it_is(string code, string marked, string told)
    {
        var before = marked[..marked.IndexOf('▸', StringComparison.Ordinal)];
        var line = before.Count(letter => letter == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        var path = folder.File("utaf.json");
        File.WriteAllText(path, marked.Replace("▸", "", StringComparison.Ordinal));

        var error = Assert.Throws<UtafException>(() => ConfigurationFile.Read(path)).Diagnostic;

        Assert.Equal((code, $"{path}({line},{column})", ExitCode.Usage), (error.Code, error.Origin, error.ExitCode));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_the_way_to_a_first_one()
    {
        var error = Assert.Throws<UtafException>(() => ConfigurationFile.Read(folder.File("none.json"))).Diagnostic;
        Assert.Equal("UTAF1002", error.Code);
        Assert.Contains("dotnet utaf init", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_cannot_be_read() =>
        Assert.Equal("UTAF1003", Assert.Throws<UtafException>(() => ConfigurationFile.Read(folder.Path)).Diagnostic.Code);

    [Fact]
    public void Other_encodings_are_told_as_such()
    {
        File.WriteAllText(folder.File("utaf.json"), "{}", Encoding.Unicode);
        var error = Assert.Throws<UtafException>(() => ConfigurationFile.Read(folder.File("utaf.json"))).Diagnostic;
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
