using System.Globalization;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Utaf.Tool.Tests.Support;

/// <summary>Runs the built tool as its own process, in a folder of its own that is deleted afterwards.</summary>
public abstract class ToolTest : IDisposable
{
    /// <summary>The tool's working folder.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("utaf-tool-").FullName;

    /// <summary>The built tool.</summary>
    protected static string Tool { get; } = Path.Combine(AppContext.BaseDirectory, "dotnet-utaf.dll");

    /// <summary>A sample model's file.</summary>
    protected static string Digits(string name) => Path.Combine(AppContext.BaseDirectory, "samples", "digits", name);

    /// <summary>A fixture's file.</summary>
    protected static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    /// <summary>Runs the tool to its end.</summary>
    protected Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string?>(), arguments);

    /// <summary>Runs the tool to its end, with more in its environment.</summary>
    protected Task<BufferedCommandResult> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => Cli.Wrap("dotnet")
        .WithArguments([Tool, .. arguments])
        .WithWorkingDirectory(Folder)
        .WithEnvironmentVariables(environment)
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(Encoding.UTF8, TestContext.Current.CancellationToken);

    /// <summary>Runs the tool and expects success; the document it wrote.</summary>
    protected async Task<string> SucceedAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.StandardError}{result.StandardOutput}");
        return result.StandardOutput;
    }

    /// <summary>Runs the tool and expects one error, told in one line, and nothing left behind.</summary>
    protected async Task<string> FailAsync(string code, int exitCode, params string[] arguments)
    {
        var before = Entries();
        var result = await RunAsync(arguments);
        var errors = result.StandardError.Split('\n').Where(line => line.Contains(" : error ", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count == 1, $"one error expected:\n{result.StandardError}{result.StandardOutput}");
        Assert.Contains($" : error {code}: ", errors[0], StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Empty(result.StandardOutput);
        Assert.DoesNotContain("   at ", result.StandardError, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
        return errors[0];
    }

    /// <summary>Everything in the working folder, with sizes.</summary>
    protected List<string> Entries() =>
    [
        .. new DirectoryInfo(Folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{entry.FullName} {(entry as FileInfo)?.Length}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A table that a user could bring: numbers without meaning, the target last.</summary>
    protected static string Table(int rows, int inputs, Func<double[], double> target, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        text.AppendJoin(',', Enumerable.Range(0, inputs).Select(i => $"x{i}")).Append(",y\n");
        for (var row = 0; row < rows; row++)
        {
            var values = Enumerable.Range(0, inputs).Select(_ => Math.Round((random.NextDouble() * 4) - 2, 3)).ToArray();
            text.AppendJoin(',', values.Append(target(values)).Select(value => value.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For the regression fixtures: five inputs, one output.</summary>
    protected static string RegressionTable(int rows = 240) => Table(rows, 5, values => Math.Round(values.Sum() / 2, 3));

    /// <summary>For the classifier fixtures: four inputs, three classes.</summary>
    protected static string ClassTable(int rows = 240) => Table(rows, 4, values => Math.Abs((int)Math.Round(values[0] * 2)) % 3);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
