using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Tests;

/// <summary>
/// <c>docs/reference.md</c> is written from the code by this test when UTAF_WRITE_REFERENCE is set, and compared with it otherwise.
/// </summary>
public sealed partial class ReferenceTests
{
    private static readonly string[] Stages =
    [
        "10|command line and configuration", "11|model artifacts", "12|data", "13|pairs, stores and commitments", "14|ensembles", "15|construction",
        "16|verification and prediction APIs", "17|GitHub", "18|serving", "19|benchmark runs", "20|the machine", "99|the product itself",
    ];

    [Fact]
    public async Task The_reference_says_what_the_code_says()
    {
        var file = Path.Combine(RepositoryRoot(), "docs", "reference.md");
        var written = Write();
        if (Environment.GetEnvironmentVariable("UTAF_WRITE_REFERENCE") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(file, written, TestContext.Current.CancellationToken);
        }

        var found = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.True(
            written == found,
            "docs/reference.md is older than the code. Write it anew: UTAF_WRITE_REFERENCE=1 dotnet run -c Release --project tests/Utaf.Tool.Tests -- "
                + "-method '*The_reference_says*'");
    }

    private static string Write()
    {
        var common = new CommonOptions();
        var root = new Application(Terminal.OfProcess()).Root(common);
        var page = new StringBuilder("""
            # Reference

            Written from the code; a test compares the two. The guides are [quickstart](quickstart.md), [pipeline](pipeline.md), [MSBuild](msbuild.md) and [the Action](github-action.md).

            ## Commands

            Every command has [the common options](#common-options). Each option `--some-name` can be given by the environment as `UTAF_SOME_NAME`, and most by [`utaf.json`](configuration.md); the command line comes first, then the environment, then the file.


            """);
        foreach (var command in root.Subcommands.SelectMany(command => Leaves(command, "")))
        {
            Write(page, command.Path, command.Command);
        }

        page.Append("### Common options\n\n");
        WriteOptions(page, root.Options.Where(option => option.Recursive));
        page.Append("## Exit codes\n\n| code | name | |\n|---|---|---|\n");
        var meanings = Summaries(Source("src", "Utaf", "ExitCode.cs"), EnumMember());
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            page.Append($"| {(int)code} | {code} | {meanings[$"{(int)code}"]} |\n");
        }

        page.Append("""

            ## Environment

            | variable | |
            |---|---|
            | `UTAF_…` | the option of that name, of every command that has it |
            | `UTAF_CACHE` | the folder for cured native libraries and installed back ends |
            | `UTAF_TORCH` | a folder of torch's native libraries, for this process alone |
            | `UTAF_STORE_KEY` | the usual place of the key that encrypts pairs at rest |
            | `GITHUB_TOKEN`, `GITHUB_API_URL` | for `--open-issue` |
            | `NO_COLOR` | no colours |

            ## Diagnostics

            On standard error, in MSBuild's form: `origin : error UTAF1104: what is wrong and what to do`. Codes below 1000 are [the MSBuild package's](msbuild.md).


            """);
        var codes = Summaries(Source("src", "Utaf", "Errors.cs"), ErrorMember());
        foreach (var stage in Stages.Select(stage => stage.Split('|')))
        {
            page.Append($"**UTAF{stage[0]}xx: {stage[1]}**\n\n| code | |\n|---|---|\n");
            foreach (var (code, meaning) in codes.Where(code => code.Key.StartsWith($"UTAF{stage[0]}", StringComparison.Ordinal)).OrderBy(code => code.Key, StringComparer.Ordinal))
            {
                page.Append($"| `{code}` | {meaning} |\n");
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string above)
    {
        var path = $"{above}{command.Name}";
        return command.Subcommands.Count == 0 ? [(path, command)] : command.Subcommands.SelectMany(below => Leaves(below, $"{path} "));
    }

    private static void Write(StringBuilder page, string path, Command command)
    {
        var arguments = command.Arguments.Select(argument => Usage(argument.Name, argument.Arity));
        page.Append($"### {path}\n\n{Cell(command.Description)}\n\n```\ndotnet utaf {string.Join(' ', arguments.Prepend(path))} [options]\n```\n\n");
        if (command.Arguments.Count > 0)
        {
            page.Append("| argument | |\n|---|---|\n");
            foreach (var argument in command.Arguments)
            {
                page.Append($"| `{argument.Name}` | {Cell(argument.Description)} |\n");
            }

            page.Append('\n');
        }

        WriteOptions(page, command.Options);
    }

    private static string Usage(string name, ArgumentArity arity) =>
        (arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name) + (arity.MaximumNumberOfValues > 1 ? "..." : "");

    private static void WriteOptions(StringBuilder page, IEnumerable<Option> options)
    {
        var named = options.Where(option => option is not (HelpOption or VersionOption) && !option.Hidden).ToList();
        if (named.Count == 0)
        {
            return;
        }

        page.Append("| option | value | |\n|---|---|---|\n");
        foreach (var option in named)
        {
            var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name).Select(name => $"`{name}`"));
            page.Append($"| {names}{(option.Required ? " (required)" : "")} | {Value(option)} | {Cell(option.Description)} |\n");
        }

        page.Append('\n');
    }

    private static string Value(Option option) => option.ValueType == typeof(bool) ? "" : $"`{(option.HelpName ?? option.ValueType.Name).Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Cell(string? text) => (text ?? "").ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static Dictionary<string, string> Summaries(string source, Regex member) => member.Matches(source).ToDictionary(
        match => match.Groups["code"].Value,
        match => Cell(Tag().Replace(Regex.Replace(match.Groups["summary"].Value, @"\s*///\s*", " "), "`$1`").Replace("&lt;", "<", StringComparison.Ordinal)).Trim());

    private static string Source(params string[] path) => File.ReadAllText(Path.Combine([RepositoryRoot(), .. path]));

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"/// <summary>(?<summary>[^<]*(?:<(?!/summary>)[^<]*)*)</summary>\s*(?:///[^\n]*\s*)*\w+ = (?<code>\d+),")]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"/// <summary>(?<summary>[^<]*(?:<(?!/summary>)[^<]*)*)</summary>(?:(?!/// <summary>)[\s\S])*?""(?<code>UTAF\d{4})""")]
    private static partial Regex ErrorMember();

    [GeneratedRegex(@"<c>([^<]*)</c>")]
    private static partial Regex Tag();
}
