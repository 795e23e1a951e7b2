using System.Text.Json;
using Utaf.Packages.Tests.Support;
using Utaf.Tests;

namespace Utaf.Packages.Tests.Action;

/// <summary>A step of a workflow that uses the action: what it said, its outputs, the job's summary.</summary>
/// <param name="ExitCode">0, or that of the script.</param>
/// <param name="Log">What the runner would show.</param>
/// <param name="Outputs">The action's outputs.</param>
/// <param name="Summary">The job's summary, Markdown.</param>
internal sealed record ActionRun(int ExitCode, string Log, IReadOnlyDictionary<string, string> Outputs, string Summary)
{
    /// <summary>The annotations, in order: lines that are commands to the runner, outside of what was declared not to be.</summary>
    public IReadOnlyList<string> Commands
    {
        get
        {
            var commands = new List<string>();
            string? paused = null;
            foreach (var line in Log.Split('\n'))
            {
                if (paused is not null)
                {
                    paused = line == $"::{paused}::" ? null : paused;
                }
                else if (line.StartsWith("::stop-commands::", StringComparison.Ordinal))
                {
                    paused = line["::stop-commands::".Length..];
                }
                else if (line.StartsWith("::", StringComparison.Ordinal))
                {
                    commands.Add(line);
                }
            }

            return commands;
        }
    }

    /// <summary>Runs the action in a folder as its workspace.</summary>
    /// <param name="folder">The workspace is its <c>workspace</c>.</param>
    /// <param name="inputs">The step's <c>with</c>.</param>
    /// <param name="environment">Changes to the environment.</param>
    public static async Task<ActionRun> RunAsync(
        TemporaryFolder folder, IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var (workspace, temporary) = (folder.File("workspace"), folder.File("runner temp"));
        Directory.CreateDirectory(workspace);
        if (Directory.Exists(temporary))
        {
            Array.ForEach(Directory.GetFiles(temporary), File.Delete);
        }

        Directory.CreateDirectory(temporary);
        var request = folder.File("request.json");
        var action = Repository.Root.TrimEnd(Path.DirectorySeparatorChar);
        await File.WriteAllTextAsync(request, JsonSerializer.Serialize(new { action, workspace, temp = temporary, inputs }), TestContext.Current.CancellationToken);
        var runner = await Bundles.MakeAsync("run-composite.mjs");

        var run = (await Shell.RunAsync("node", [runner, request], workspace, environment, TimeSpan.FromMinutes(10))).MustEndWith(0);

        var end = run.Output.TrimEnd().LastIndexOf('\n');
        using var result = JsonDocument.Parse(run.Output[(end + 1)..]);
        return new(
            result.RootElement.GetProperty("exitCode").GetInt32(),
            run.Output[..end] + run.Error,
            result.RootElement.GetProperty("outputs").EnumerateObject().ToDictionary(output => output.Name, output => output.Value.GetString()!),
            await File.ReadAllTextAsync(Path.Combine(temporary, "summary.md"), TestContext.Current.CancellationToken));
    }
}
