using System.CommandLine;
using Utaf.Ensembles;
using Utaf.Tool.Commands;
using Utaf.Tool.Options;
using Utaf.Tool.Runtimes;

namespace Utaf.Tool.Release;

/// <summary>A part of an ensemble built by several processes of this machine, each of which builds a shard of it.</summary>
internal static class Jobs
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    // What a child is told otherwise, or has no use for; each has a value.
    private static readonly string[] Replaced = [JobsOption.Name, ShardOption.Name, "--output", "--github-step", "--format", "--verbosity", "-v"];

    /// <summary>Runs the processes and waits for all of them.</summary>
    /// <param name="parsed">The command line, which the children are given too.</param>
    /// <param name="side">What it asked for.</param>
    /// <param name="folder">The ensemble's folder.</param>
    /// <param name="shard">The part to build.</param>
    /// <param name="jobs">How many processes.</param>
    /// <param name="context">Where progress is shown.</param>
    /// <exception cref="UtafException">UTAF1408: a process ended badly. What the others have built stays.</exception>
    public static async Task RunAsync(ParseResult parsed, TrustedSide side, EnsembleFolder folder, Shard shard, int jobs, CommandContext context)
    {
        string[] common = ["ensemble", "build", .. OwnArguments(parsed), "--ensemble", side.FolderPath, JobsOption.Name, "1", "--format", "json", "--verbosity", "quiet"];
        var children = Enumerable.Range(0, jobs)
            .Select(job => new Shard(shard.Index + (shard.Count * job), shard.Count * jobs))
            .Where(part => part.Own(folder.Plan).Any(member => !folder.Has(member)))
            .Select(part => (Part: part, Ended: ChildProcess.RunSelfAsync([.. common, ShardOption.Name, part.ToString()], [], context.CancellationToken)))
            .ToList();
        var all = Task.WhenAll(children.Select(child => child.Ended));
        context.Progress.Track("Stage 1, ensemble", stage =>
        {
            var planned = folder.Plan.Members.Count;
            while (!all.IsCompleted)
            {
                stage.Report(planned - folder.Missing().Count, planned, $"{children.Count} processes");
                Task.WhenAny(all, Task.Delay(BetweenLooks, CancellationToken.None)).GetAwaiter().GetResult();
            }

            stage.Report(planned - folder.Missing().Count, planned, "");
            return true;
        });
        _ = await all.ConfigureAwait(false);
        foreach (var (part, ended) in children)
        {
            var result = await ended.ConfigureAwait(false);
            if (result.ExitCode != (int)ExitCode.NoPiracySuspected)
            {
                var said = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
                throw Errors.FailedJob($"shard {part}", result.ExitCode, said);
            }
        }
    }

    /// <summary>The command line behind the command's name, without what the children are told otherwise.</summary>
    private static IEnumerable<string> OwnArguments(ParseResult parsed)
    {
        var names = new Queue<string>(["ensemble", "build"]);
        var tokens = parsed.Tokens.Select(token => token.Value).ToList();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (names.TryPeek(out var name) && tokens[i] == name)
            {
                names.Dequeue();
            }
            else if (Replaced.Contains(tokens[i]) || tokens[i] == "--ensemble")
            {
                i++;
            }
            else
            {
                yield return tokens[i];
            }
        }
    }
}
