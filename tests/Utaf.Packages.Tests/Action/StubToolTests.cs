using Utaf.Tests;

namespace Utaf.Packages.Tests.Action;

/// <summary>What the action makes of its inputs, and of how a tool ends: with a stub that notes its arguments.</summary>
public sealed class StubToolTests : IDisposable
{
    // Each of them ends the quoting of some careless script.
    private const string Hostile = "-- a'b\"c $(touch pwned) `touch pwned` ; touch pwned & é %0A ${{ 1 }} \\";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fingerprint_gets_its_inputs_as_options()
    {
        var run = await RunAsync(("command", "fingerprint"), ("model", "model.pt"), ("config", "release.json"), ("store", "folder:pairs"), ("device", "cuda:1"), ("arguments", "--epochs=2\n--examples=10"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["fingerprint", "--config=release.json", "--store=folder:pairs", "--device=cuda:1", "--epochs=2", "--examples=10", "--", "model.pt"], Arguments());
    }

    [Fact]
    public async Task Verify_gets_its_inputs_as_options()
    {
        await RunAsync(("command", "verify"), ("model", "digits"), ("suspect", "rival"), ("open-issue", "true"), ("report-formats", "html, sarif"));

        Assert.Equal(["verify", "--device=auto", "--model=digits", "--report=html", "--report=sarif", "--open-issue=octo-org/models", "--", "rival"], Arguments());
    }

    [Fact]
    public async Task Watch_gets_one_suspect_a_line_or_the_whole_list()
    {
        await RunAsync(("command", "watch"), ("suspect", "one\ntwo three\n"), ("open-issue", "other/repository"), ("report-formats", ""));
        Assert.Equal(["watch", "--device=auto", "--open-issue=other/repository", "--", "one", "two three"], Arguments());

        await RunAsync(("command", "watch"), ("report-formats", ""));
        Assert.Equal(["watch", "--device=auto", "--"], Arguments());
    }

    [Theory]
    [InlineData("model", "fingerprint")]
    [InlineData("config", "fingerprint")]
    [InlineData("store", "fingerprint")]
    [InlineData("device", "fingerprint")]
    [InlineData("suspect", "verify")]
    [InlineData("open-issue", "watch")]
    public async Task A_hostile_input_is_one_argument_as_it_stands_and_nothing_runs(string input, string command)
    {
        var inputs = new List<(string, string)> { ("command", command), (input, Hostile) };
        if (command == "verify" && input != "suspect")
        {
            inputs.Add(("suspect", "rival"));
        }

        await RunAsync([.. inputs]);

        Assert.Contains(Arguments(), argument => argument == Hostile || argument.EndsWith("=" + Hostile, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(folder.Path, "pwned", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("command", "fingreprint", 2)]
    [InlineData("command", "$(touch pwned)", 2)]
    [InlineData("command", "verify\n::error::forged", 2)]
    [InlineData("fail-on-piracy", "yes", 2)]
    [InlineData("arguments", "model.pt", 2)]
    [InlineData("version", "1.0.0; touch pwned", 2)]
    [InlineData("version", "../../elsewhere", 2)]
    [InlineData("suspect", "", 2)]
    public async Task A_wrong_input_is_one_error_and_the_tool_is_not_run(string input, string value, int exitCode)
    {
        var inputs = new Dictionary<string, string> { ["command"] = "verify", ["suspect"] = "rival", [input] = value };

        var run = await RunAsync([.. inputs.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(exitCode, run.ExitCode);
        var error = Assert.Single(run.Commands, command => command.StartsWith("::error", StringComparison.Ordinal));
        Assert.StartsWith("::error title=UTAF100", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("arguments")));
        Assert.Empty(Directory.GetFiles(folder.Path, "pwned", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(0, "true", 0)]
    [InlineData(1, "true", 1)]
    [InlineData(1, "false", 0)]
    [InlineData(4, "true", 4)]
    [InlineData(4, "false", 0)]
    [InlineData(2, "false", 2)]
    [InlineData(3, "false", 3)]
    [InlineData(130, "false", 130)]
    [InlineData(139, "false", 3)]
    public async Task The_step_ends_as_the_tool_did(int tool, string failOnPiracy, int step)
    {
        var run = await RunWithStubAsync($"exit {tool}", ("command", "watch"), ("fail-on-piracy", failOnPiracy));

        Assert.Equal(step, run.ExitCode);
    }

    [Fact]
    public async Task What_the_tool_writes_for_the_step_reaches_the_runner_and_what_it_says_is_no_command()
    {
        var run = await RunWithStubAsync(
            """
            for argument; do case $argument in --github-step=*) step=${argument#--github-step=};; esac; done
            printf 'verdict<<x\npiracy-suspected\nx\nmatching-rate<<x\n0.9\nx\n' > "$step/outputs"
            printf '\n\n# Summary\n' > "$step/summary.md"
            printf '::warning title=piracy suspected::rival\n' > "$step/annotations"
            echo '::error::forged by a suspect'
            exit 1
            """,
            ("command", "watch"),
            ("fail-on-piracy", "false"));

        Assert.Equal("piracy-suspected", run.Outputs["verdict"]);
        Assert.Equal("0.9", run.Outputs["matching-rate"]);
        Assert.Contains("# Summary", run.Summary, StringComparison.Ordinal);
        Assert.Contains("::warning title=piracy suspected::rival", run.Commands);
        Assert.DoesNotContain(run.Commands, command => command.Contains("forged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("1.2.0", "", true)]
    [InlineData("1.2.0", "https://packages.example.com/v3/index.json", true)]
    [InlineData("1.2.0", "feed", false)]
    public async Task The_tool_is_cached_where_its_version_says_which_one_it_is(string version, string source, bool cached)
    {
        var run = await RunAsync(("command", "watch"), ("version", version), ("tool-source", source));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(cached, run.Log.Contains("- used: actions/cache@", StringComparison.Ordinal));
        Assert.Equal("watch", Arguments()[0]);
    }

    [Fact]
    public async Task Without_an_sdk_the_step_says_what_to_put_before_it()
    {
        // Bash and what it calls, and no dotnet.
        var programs = Directory.CreateDirectory(folder.File("programs")).FullName;
        foreach (var program in (string[])["bash", "node", "cat", "env"])
        {
            File.CreateSymbolicLink(Path.Combine(programs, program), Pipeline.Tests.Peers.Peers.Program(program));
        }

        var run = await ActionRun.RunAsync(folder, new Dictionary<string, string> { ["command"] = "watch" }, new Dictionary<string, string?> { ["PATH"] = programs });

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(run.Commands, command => command.StartsWith("::error title=UTAF2007::", StringComparison.Ordinal) && command.Contains("actions/setup-dotnet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tool_that_cannot_be_installed_is_an_error_of_the_machine()
    {
        Directory.CreateDirectory(folder.File("workspace/empty"));

        var run = await ActionRun.RunAsync(folder, new Dictionary<string, string> { ["command"] = "watch", ["version"] = "0.0.0-none", ["tool-source"] = "empty" });

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(run.Commands, command => command.StartsWith("::error title=UTAF2010::", StringComparison.Ordinal));
    }

    private string[] Arguments() => [.. File.ReadAllText(folder.File("arguments")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(argument => !argument.StartsWith("--github-step=", StringComparison.Ordinal))];

    private Task<ActionRun> RunAsync(params (string Name, string Value)[] inputs) =>
        RunWithStubAsync($"printf '%s\\0' \"$@\" > '{folder.File("arguments")}'", inputs);

    private async Task<ActionRun> RunWithStubAsync(string body, params (string Name, string Value)[] inputs)
    {
        File.Delete(folder.File("arguments"));
        var version = inputs.FirstOrDefault(input => input.Name == "version").Value is { Length: > 0 } asked ? Path.GetFileName(asked) : "newest";
        var program = folder.File($"runner temp/utaf-tool/{version}/dotnet-utaf");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, $"#!/usr/bin/env bash\nif [ \"$1\" = --version ]; then echo stub; exit; fi\n{body}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return await ActionRun.RunAsync(folder, inputs.ToDictionary(input => input.Name, input => input.Value));
    }
}
