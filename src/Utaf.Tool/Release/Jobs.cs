using System.Globalization;
using Utaf.Ensembles;
using Utaf.Tool.Commands;
using Utaf.Tool.Options;
using Utaf.Tool.Runtimes;

namespace Utaf.Tool.Release;

/// <summary>A part of an ensemble built by several processes of this machine, each of which builds a shard of it.</summary>
internal static class Jobs
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    // What this process writes itself, if its own environment asks for it.
    private static readonly (string, string)[] Hidden = [(CommandLine.VariableOf("--output"), ""), (CommandLine.VariableOf("--github-step"), "")];

    /// <summary>Builds what is missing of a part, in this process or in several.</summary>
    /// <param name="words">What makes the same plan on a command line: model, data and their options.</param>
    /// <param name="side">What these words say.</param>
    /// <param name="folder">The ensemble's folder.</param>
    /// <param name="shard">The part to build.</param>
    /// <param name="jobs">How many processes; null: as many as are best.</param>
    /// <param name="context">Where progress is shown.</param>
    /// <exception cref="UtafException">UTAF1408: a process ended badly. What the others have built stays.</exception>
    public static async Task BuildAsync(
        IReadOnlyList<string> words, TrustedSide side, EnsembleFolder folder, Shard shard, int? jobs, CommandContext context)
    {
        var exchange = side.Exchange(folder, context);
        await exchange.FetchAsync(shard).ConfigureAwait(false);
        var missing = shard.Needed(side.Plan).Where(member => !folder.Has(member)).ToList();
        var processes = missing.Count == 0 ? 1 : jobs ?? side.BestProcesses(missing, context);
        if (processes > 1)
        {
            exchange.CheckPool();
            await exchange.OfferAsync().ConfigureAwait(false);
            await RunAsync(words, side, folder, shard, processes, context).ConfigureAwait(false);
            return;
        }

        using var workshop = side.OpenWorkshop();
        await Stages.BuildEnsembleAsync(folder, workshop, shard, exchange, context).ConfigureAwait(false);
    }

    private static async Task RunAsync(IReadOnlyList<string> words, TrustedSide side, EnsembleFolder folder, Shard shard, int jobs, CommandContext context)
    {
        string[] own =
        [
            "--ensemble", folder.Path, "--seed", Invariant(side.Plan.Seed), "--device", context.Settings.Device, "--threads", Invariant(context.Settings.Threads),
            JobsOption.Name, "1", "--format", "json", "--verbosity", "quiet",
        ];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var children = shard.Divide(jobs)
            .Where(part => part.Own(folder.Plan).Any(member => !folder.Has(member)))
            .Select(part => (Part: part, Ended: ChildProcess.RunSelfAsync(
                ["ensemble", "build", .. words.Where(IsNotReplaced), .. own, ShardOption.Name, part.ToString()], Hidden, stop.Token)))
            .ToList();
        var all = Task.WhenAll(children.Select(child => child.Ended));
        try
        {
            Watch(folder, all, children.Count, context);
        }
        catch
        {
            // No child outlives the process that started it.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

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

    private static void Watch(EnsembleFolder folder, Task all, int processes, CommandContext context) =>
        context.Progress.Track("Stage 1, ensemble", stage =>
        {
            var planned = folder.Plan.Members.Count;
            while (!all.IsCompleted)
            {
                stage.Report(planned - folder.Missing().Count, planned, $"{processes} processes");
                Task.WhenAny(all, Task.Delay(BetweenLooks, CancellationToken.None)).GetAwaiter().GetResult();
            }

            stage.Report(planned - folder.Missing().Count, planned, "");
            return true;
        });

    private static bool IsNotReplaced(string word) => !word.StartsWith("--ensemble=", StringComparison.Ordinal);

    private static string Invariant(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
