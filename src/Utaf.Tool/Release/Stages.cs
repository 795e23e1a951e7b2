using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tool.Commands;
using Utaf.Tool.Output;

namespace Utaf.Tool.Release;

/// <summary>Stages 1 and 2 with their progress shown.</summary>
internal static class Stages
{
    /// <summary>Builds the members that the folder misses.</summary>
    /// <param name="folder">The ensemble's folder.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="shard">The part of the ensemble that is wanted.</param>
    /// <param name="shared">Where machines share the members; null: nowhere.</param>
    /// <param name="context">Where progress is shown.</param>
    public static async Task BuildEnsembleAsync(EnsembleFolder folder, Workshop workshop, Shard shard, SharedMembers? shared, CommandContext context)
    {
        await FetchAsync(folder, shard, shared, context).ConfigureAwait(false);
        var missing = shard.Needed(folder.Plan).Where(member => !folder.Has(member)).ToList();
        var planned = folder.Plan.Members.Count;
        var built = planned - folder.Missing().Count;
        if (missing.Count == 0)
        {
            var what = built == planned ? $"The ensemble is complete: {planned} members" : $"Shard {shard} is complete; the ensemble has {built} of {planned} members";
            context.Note($"{what} in {folder.Path}.");
            return;
        }

        if (built > 0)
        {
            context.Note($"{built} of {planned} members are built already in {folder.Path}; the run goes on from there.");
        }

        context.Progress.Track("Stage 1, ensemble", stage =>
        {
            stage.Report(built, planned, "");
            var progress = new Listener<BuildProgress>(report =>
            {
                Put(report.Member);
                stage.Report(report.Built, report.Planned, report.Member.Id);
            });
            EnsembleBuilder.Build(folder, missing, workshop, progress, context.CancellationToken);
            return true;
        });

        void Put(Member member)
        {
            if (shared is not null && !shared.PutAsync(member.Id, folder.FileOf(member), context.CancellationToken).GetAwaiter().GetResult())
            {
                context.Note($"{member.Id} is in {shared.Address} already: another machine was faster.");
            }
        }
    }

    /// <summary>Fetches what others have built of a shard, and tells of files that were cut short.</summary>
    public static async Task FetchAsync(EnsembleFolder folder, Shard shard, SharedMembers? shared, CommandContext context)
    {
        foreach (var broken in folder.Broken())
        {
            context.Note($"{folder.FileOf(broken)} was cut short, as by a full disk or a machine that was switched off: it counts as missing.");
        }

        if (shared is not null)
        {
            var wanted = shard.Needed(folder.Plan).Where(member => !folder.Has(member)).Select(member => (member.Id, folder.FileOf(member)));
            if (await shared.FetchAsync([.. wanted], context.CancellationToken).ConfigureAwait(false) is { Count: > 0 } fetched)
            {
                context.Note($"{fetched.Count} members were fetched from {shared.Address}.");
            }
        }
    }

    /// <summary>Constructs the pair on a complete ensemble.</summary>
    public static FingerprintPair Construct(
        EnsembleFolder folder, Workshop workshop, ModelIdentity model, ConstructionOptions options, CommandContext context) =>
        context.Progress.Track("Stage 2, construction", stage =>
        {
            var shown = "";
            var progress = new Listener<ConstructionProgress>(report =>
            {
                shown = report.Point is { } point ? Describe(point) : shown;
                stage.Report(report.Done, report.Total, shown);
            });
            return PairConstruction.Construct(folder, workshop, model, options, ToolVersion.Text, progress, context.CancellationToken);
        });

    private static string Describe(CurvePoint point) => point.ValidationAuc is { } auc
        ? $"loss {Numbers.Score(point.Loss)}, validation AUC {Numbers.Score(auc)}"
        : $"loss {Numbers.Score(point.Loss)}";

    /// <summary>Progress{T} would report from other threads, in any order.</summary>
    private sealed class Listener<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
