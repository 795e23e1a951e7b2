using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

public sealed class DemoTests : ToolTest
{
    [Fact]
    public async Task The_demo_judges_every_suspect_right()
    {
        var result = await RunAsync("demo", "--seed", "1", "--format", "json", "--keep", "kept");
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.StandardError}{result.StandardOutput}");
        using var json = JsonDocument.Parse(result.StandardOutput);
        Assert.Equal(25, json.RootElement.GetProperty("right").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("wrong").GetInt32());
        Assert.InRange(json.RootElement.GetProperty("seconds").GetDouble(), 0, 180);

        // A suspect outside the demo, against the pair that it kept.
        var verdict = await RunAsync("verify", Digits("suspects/pruned-50.pt"), "--store", "folder:kept/store");
        Assert.Equal(1, verdict.ExitCode);
    }
}
