using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>What a build makes of a verdict.</summary>
public sealed class VerificationTests(LocalFeed feed, StubTool stub) : IDisposable
{
    private readonly ReleaseProject project = new(feed, stub);

    public void Dispose() => project.Dispose();

    [Theory]
    [InlineData(1, "false", "warning UTAF0010: Piracy suspected: 'rival' matches alpha 1.0.0. It is alike.", 0)]
    [InlineData(1, "true", "error UTAF0010: Piracy suspected: 'rival' matches alpha 1.0.0. It is alike.", 1)]
    [InlineData(4, "true", "warning UTAF0011: Inconclusive: 'rival' may or may not be a copy of alpha 1.0.0. It is alike.", 0)]
    [InlineData(3, "false", "error UTAF1622: 'rival' could not be verified: It is away.", 1)]
    public async Task A_verdict_stands_at_the_suspect_s_line(int verdict, string asError, string told, int exitCode)
    {
        project.Write("utaf.json", "{}");
        Answer(verdict);
        var build = (await VerifyAsync("-p:UtafTreatPiracyAsError=" + asError)).MustEndWith(exitCode);

        Assert.Contains($"{project.Path("utaf.json")}(7,3): {told}", build.Output, StringComparison.Ordinal);
        Assert.StartsWith("watch\n", project.Runs.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clean_world_is_silent_and_suspects_may_be_items()
    {
        project.Items = """<UtafSuspect Include="-odd.pt;http://127.0.0.1:9/v2/models/m" />""";
        Answer(0);
        var build = (await VerifyAsync("-p:UtafVerifyArguments=--significance 0.05")).MustEndWith(0);

        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        Assert.EndsWith("--significance\n0.05\n--\n-odd.pt\nhttp://127.0.0.1:9/v2/models/m\n", project.Runs.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exit_code_without_a_report_is_no_verdict()
    {
        project.Variables["STUB_MODE"] = "say";
        project.Variables["STUB_SAYS"] = "Run \"dotnet tool restore\" first.";
        project.Variables["STUB_EXIT_CODE"] = "1";
        var build = (await VerifyAsync()).MustEndWith(1);
        Assert.Contains("error UTAF0003: ", build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("UTAF0010", build.Output, StringComparison.Ordinal);

        project.Variables["STUB_MODE"] = "nothing";
        build = (await VerifyAsync("--no-restore")).MustEndWith(1);
        Assert.Contains("error UTAF0003: ", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_verifies_only_when_it_is_told_to_and_after_the_release_is_out()
    {
        Answer(1);
        (await project.PublishAsync()).MustEndWith(0);
        Assert.Equal(2, project.Runs.Count);

        var build = (await project.PublishAsync("--no-restore", "-p:UtafVerifyOnPublish=true", "-p:UtafTreatPiracyAsError=true")).MustEndWith(1);
        Assert.Contains("error UTAF0010: ", build.Output, StringComparison.Ordinal);
        Assert.Equal(3, project.Runs.Count);
        Assert.Equal(4, project.Published.Count);

        (await project.PublishAsync("--no-restore", "-p:UtafVerifyOnPublish=true", "-p:UtafEnabled=false")).MustEndWith(0);
        Assert.Equal(3, project.Runs.Count);
    }

    private Task<ShellResult> VerifyAsync(params string[] more) =>
        project.DotnetAsync(["build", "--configuration", "Release", "-t:UtafVerify", .. more]);

    private void Answer(int exitCode)
    {
        project.Variables["STUB_EXIT_CODE"] = $"{exitCode}";
        project.Variables["STUB_REPORT"] =
            $$"""
            {
              "formatVersion": 1, "exitCode": {{exitCode}},
              "findings": [
                {
                  "suspect": "rival", "position": { "file": "utaf.json", "line": 7, "column": 3 },
                  "model": { "name": "alpha", "version": "1.0.0" }, "exitCode": {{exitCode}},
                  {{(exitCode == 3 ? "\"failure\": { \"code\": \"UTAF1622\", \"message\": \"It is away.\" }" : "\"reason\": \"It is alike.\"")}}
                }
              ]
            }
            """;
    }
}
