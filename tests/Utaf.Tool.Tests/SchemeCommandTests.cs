using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary><c>evaluate --schemes</c> on a model and a table that a user brings.</summary>
public sealed class SchemeCommandTests : ToolTest
{
    [Fact]
    public async Task Schemes_are_compared_on_the_users_own_classifier()
    {
        Write("data.csv", ClassTable());
        string[] options = [Fixture("classifier-logits.pt"), "--data", "data.csv", "--profile", "quick", "--epochs", "2", "--ensemble", "ensemble"];

        // Nothing is built by a comparison.
        var early = await RunAsync(["evaluate", .. options, "--schemes", "utaf"]);
        Assert.Equal(2, early.ExitCode);
        Assert.Contains("UTAF1406", early.StandardError, StringComparison.Ordinal);

        await SucceedAsync(["ensemble", "build", .. options]);
        using var json = JsonDocument.Parse(await SucceedAsync(["evaluate", .. options, "--schemes", "utaf,ipguard,sac", "--examples", "10", "--defaults", "--format", "json"]));
        var schemes = json.RootElement.GetProperty("schemes").EnumerateArray().ToList();
        Assert.Equal(["utaf", "ipguard", "sac"], schemes.Select(scheme => scheme.GetProperty("scheme").GetString()));
        Assert.All(schemes, scheme =>
        {
            Assert.InRange(scheme.GetProperty("auc").GetDouble(), 0, 1);
            Assert.Equal(10, scheme.GetProperty("queries").GetInt32());
        });

        // With more of them held out, more are scored; a file may say so as for a pair, and the command line comes first.
        var usual = json.RootElement.GetProperty("stolen").GetInt32();
        Assert.True(await StolenAsync("--test-fraction", "0.6") > usual);
        Write("utaf.json", """{ "fingerprint": { "testFraction": 0.6, "validationFraction": 0.3 } }""");
        Assert.True(await StolenAsync() > usual);
        Assert.Equal(usual, await StolenAsync("--test-fraction", "0.4"));
        File.Delete(PathOf("utaf.json"));

        var text = await SucceedAsync(["evaluate", .. options, "--schemes", "utaf,deepfool", "--examples", "10"]);
        Assert.Contains("R at U = 1", text, StringComparison.Ordinal);
        Assert.Contains("deepfool", text, StringComparison.Ordinal);

        async Task<int> StolenAsync(params string[] more)
        {
            using var compared = JsonDocument.Parse(await SucceedAsync(["evaluate", .. options, "--schemes", "sac", "--defaults", "--format", "json", .. more]));
            return compared.RootElement.GetProperty("stolen").GetInt32();
        }
    }

    [Theory]
    [InlineData("UTAF1001", "evaluate", "model.pt", "--data", "data.csv", "--schemes", "ipgard")]
    [InlineData("UTAF1001", "evaluate", "model.pt", "--data", "data.csv", "--schemes", "utaf", "--plots", "plots")]
    [InlineData("UTAF1001", "evaluate", "model.pt", "--data", "data.csv", "--schemes", "utaf", "--examples", "1")]
    [InlineData("UTAF1001", "evaluate", "model.pt", "--data", "data.csv", "--schemes", "utaf", "--test-fraction", "1")]
    [InlineData("UTAF1001", "evaluate", "model.pt", "--data", "data.csv", "--schemes", "utaf", "--validation-fraction", "0")]
    [InlineData("UTAF1000", "evaluate", "model.pt", "--schemes", "utaf")]
    [InlineData("UTAF1000", "evaluate", "model.pt")]
    public async Task Wrong_ways_to_ask_are_told_before_anything_is_read(string code, params string[] arguments) => await FailAsync(code, 2, arguments);
}
