using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

public sealed class DemoTests : ToolTest
{
    [Fact]
    public async Task The_demo_judges_the_suspects_and_says_of_how_many_it_is_right()
    {
        var result = await RunAsync("demo", "--seed", "1", "--format", "json", "--keep", "kept");
        using var json = JsonDocument.Parse(result.StandardOutput);
        var (right, wrong) = (json.RootElement.GetProperty("right").GetInt32(), json.RootElement.GetProperty("wrong").GetInt32());

        // The last bits of training are the processor's, and one copy lies close to the threshold: docs/method.md has the numbers.
        Assert.InRange(right, 23, 25);
        Assert.Equal(25 - right, wrong);
        Assert.True(result.ExitCode == (wrong == 0 ? 0 : 4), $"exit code {result.ExitCode}\n{result.StandardError}{result.StandardOutput}");

        // A suspect outside the demo, against the pair that it kept.
        var verdict = await RunAsync("verify", Digits("suspects/pruned-50.pt"), "--store", "folder:kept/store");
        Assert.Equal(1, verdict.ExitCode);
    }
}
