using System.Globalization;
using System.Text;
using CliWrap;

namespace Utaf.Packages.Tests.Support;

/// <summary>What a command said and how it ended.</summary>
/// <param name="Line">The command.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ShellResult(string Line, int ExitCode, string Output, string Error)
{
    /// <summary>All that it said.</summary>
    public string All => Output + Error;

    /// <summary>Itself, if it ended with one of the codes; else the test fails with all that it said.</summary>
    public ShellResult MustEndWith(params int[] codes)
    {
        Assert.True(codes.Contains(ExitCode), $"$ {Line}\nended with {ExitCode}, expected {string.Join(" or ", codes)}\n{All}");
        return this;
    }
}

/// <summary>Runs commands as a user would, and logs each with its time and end.</summary>
/// <remarks>The log is <c>artifacts/test-results/packages.log</c>, and the output of the test.</remarks>
public static class Shell
{
    private static readonly Lock Writing = new();

    /// <summary>Runs a command to its end, or kills it after <paramref name="patience"/> (5 minutes).</summary>
    /// <param name="program">A path, or a name on the PATH.</param>
    /// <param name="arguments">Each as it is: nothing is split or expanded.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Changes to this process's environment; null takes a variable away.</param>
    /// <param name="patience">How long it may take.</param>
    public static async Task<ShellResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string?>? environment = null,
        TimeSpan? patience = null)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var words = arguments.ToArray();
        var line = string.Join(' ', words.Prepend(program).Select(word => word.Length > 0 && !word.Contains(' ') ? word : $"'{word}'"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience ?? TimeSpan.FromMinutes(5));
        var started = DateTime.UtcNow;
        try
        {
            var end = await Cli.Wrap(program)
                .WithArguments(words)
                .WithWorkingDirectory(folder)
                .WithEnvironmentVariables(Changes(environment))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token);
            Log(folder, line, started, $"{end.ExitCode}");
            return new(line, end.ExitCode, output.ToString(), error.ToString());
        }
        catch (OperationCanceledException)
        {
            Log(folder, line, started, "did not end in time");
            throw new TimeoutException($"$ {line}\ndid not end in time; it said:\n{output}{error}");
        }
    }

    // What the runner of these tests needs is not what a user's shell has.
    private static Dictionary<string, string?> Changes(IReadOnlyDictionary<string, string?>? environment)
    {
        var changes = new Dictionary<string, string?>
        {
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["UseSharedCompilation"] = "false",
            ["NO_COLOR"] = "1",
            ["GITHUB_ACTIONS"] = null,
            ["CI"] = null,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            changes[name] = value;
        }

        return changes;
    }

    private static void Log(string folder, string line, DateTime started, string end)
    {
        var seconds = (DateTime.UtcNow - started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var entry = $"{started:HH:mm:ss}Z {seconds,6} s  [{end}]  {folder}$ {line}\n";
        TestContext.Current.TestOutputHelper?.Write(entry);
        lock (Writing)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Repository.Log)!);
            File.AppendAllText(Repository.Log, entry);
        }
    }
}
