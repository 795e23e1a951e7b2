using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;
using YamlDotNet.RepresentationModel;

namespace Utaf.Packages.Tests.Action;

/// <summary>The action and every workflow, and what three linters say of them; each finds what the others miss.</summary>
public sealed class LintTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Workflows => [.. Below(".github")];

    // As they are made, those of the templates are linted elsewhere; here they have placeholders.
    public static TheoryData<string> AllWorkflows => [.. Below(".github"), .. Below("templates")];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task A_workflow_passes_three_linters(string workflow)
    {
        var file = Repository.File(workflow);
        (await Linters.ValidateAsync(file, folder.Path)).MustEndWith(0);
        (await Linters.ActionLintAsync(file)).MustEndWith(0);
        (await Linters.LanguageServiceAsync(file, folder.Path)).MustEndWith(0);
    }

    [Fact]
    public async Task The_action_passes_the_linters_that_read_actions()
    {
        (await Linters.ValidateAsync(Repository.File("action.yml"), folder.Path)).MustEndWith(0);
        (await Linters.LanguageServiceAsync(Repository.File("action.yml"), folder.Path)).MustEndWith(0);
    }

    [Fact]
    public async Task Each_linter_finds_a_planted_mistake()
    {
        const string Workflow = "name: w\non: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ WRONG }}\n";
        var unknownContext = Write(".github/workflows/context.yml", Workflow.Replace("WRONG", "githubb.sha", StringComparison.Ordinal));
        var unknownKey = Write(".github/workflows/key.yml", Workflow.Replace("runs-on", "run-on", StringComparison.Ordinal).Replace("${{ WRONG }}", "x", StringComparison.Ordinal));

        Assert.NotEqual(0, (await Linters.ValidateAsync(unknownKey, folder.Path)).ExitCode);
        Assert.Contains("githubb", (await Linters.ActionLintAsync(unknownContext)).All, StringComparison.Ordinal);
        Assert.Contains("githubb", (await Linters.LanguageServiceAsync(unknownContext, folder.Path)).MustEndWith(1).All, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllWorkflows))]
    public void Foreign_actions_are_pinned_and_tokens_are_not_left_behind(string workflow) => MustBePinned(Repository.File(workflow));

    [Theory]
    [MemberData(nameof(AllWorkflows))]
    public void A_job_that_uses_the_action_installs_the_SDK_before(string workflow)
    {
        foreach (var job in Linters.Jobs(Repository.File(workflow)))
        {
            var used = job.Select(step => Linters.Text(step, "uses") ?? "").ToList();
            var action = used.FindIndex(uses => uses is "./" or "UTAF_ACTION");
            Assert.True(action < 0 || used[..action].Exists(uses => uses.StartsWith("actions/setup-dotnet@", StringComparison.Ordinal)), $"{workflow}: {string.Join(", ", used)}");
        }
    }

    [Fact]
    public void The_action_pins_what_it_uses_and_puts_no_input_into_a_script()
    {
        MustBePinned(Repository.File("action.yml"));
        foreach (var step in Linters.Steps(Repository.File("action.yml")))
        {
            Assert.DoesNotContain("${{", Linters.Text(step, "run") ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Scripts_pass_shellcheck() =>
        (await Shell.RunAsync(Peers.Program("shellcheck"), [.. Directory.GetFiles(Repository.File("build"), "*.sh"), Repository.File(".ci", "run")], Repository.Root)).MustEndWith(0);

    private static IEnumerable<string> Below(string folder) => Directory.GetFiles(Repository.File(folder), "*.yml", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "workflows")
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Order(StringComparer.Ordinal);

    private static void MustBePinned(string file)
    {
        foreach (var step in Linters.Steps(file))
        {
            if (Linters.Text(step, "uses") is { } uses && !uses.StartsWith("./", StringComparison.Ordinal) && !uses.StartsWith("UTAF_ACTION", StringComparison.Ordinal))
            {
                Assert.Matches("^[^@]+@[0-9a-f]{40}$", uses);
                Assert.Matches($"{System.Text.RegularExpressions.Regex.Escape(uses)} # v[0-9]", File.ReadAllText(file));
                if (uses.StartsWith("actions/checkout@", StringComparison.Ordinal))
                {
                    Assert.Equal("false", Linters.Text((YamlMappingNode)step.Children["with"], "persist-credentials"));
                }
            }

            // What comes from outside reaches a script by its environment only.
            Assert.DoesNotMatch(@"\$\{\{\s*(inputs|github\.event|github\.head_ref|steps|needs)\b", Linters.Text(step, "run") ?? "");
        }
    }

    private string Write(string name, string text)
    {
        var file = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
