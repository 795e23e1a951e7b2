using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Tool.Commands;
using Utaf.Tool.Output;
using Utaf.Torch;

namespace Utaf.Tool.Release;

/// <summary>Stages 1 and 2 with their progress shown.</summary>
internal static class Stages
{
    /// <summary>Builds the members that the folder misses and nobody else has.</summary>
    /// <param name="folder">The ensemble's folder.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="shard">The part of the ensemble that is wanted.</param>
    /// <param name="exchange">Where members come from and go to.</param>
    /// <param name="context">Where progress is shown.</param>
    public static async Task BuildEnsembleAsync(EnsembleFolder folder, Workshop workshop, Shard shard, MemberExchange exchange, CommandContext context)
    {
        await exchange.FetchAsync(shard).ConfigureAwait(false);
        await exchange.OfferAsync().ConfigureAwait(false);
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
            context.Note($"{built} of {planned} members are there already in {folder.Path}; the run goes on from there.");
        }

        context.Progress.Track("Stage 1, ensemble", stage =>
        {
            stage.Report(built, planned, "");
            var progress = new Listener<BuildProgress>(report =>
            {
                exchange.Put(report.Member);
                stage.Report(report.Built, report.Planned, report.Member.Id);
            });
            EnsembleBuilder.Build(folder, missing, workshop, progress, context.CancellationToken);
            return true;
        });
    }

    /// <summary>Constructs the pair on a complete ensemble.</summary>
    public static FingerprintPair Construct(
        EnsembleFolder folder, Workshop workshop, ModelIdentity model, ConstructionOptions options, CommandContext context) =>
        context.Progress.Track("Stage 2, construction", stage =>
        {
            var shown = "";
            using var threads = TorchRuntime.WithThreads(context.Settings.GivenThreads ?? PairConstruction.BestThreads(workshop.Target, workshop.Device));
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
