using Utaf.Ensembles;
using Utaf.Schemes;
using Utaf.Tool.Commands;
using Utaf.Tool.Documents;

namespace Utaf.Tool.Release;

/// <summary>Schemes on the user's own model and ensemble.</summary>
internal static class SchemeRun
{
    /// <summary>Compares schemes on an ensemble that is built; none of it is built here.</summary>
    /// <param name="schemes">Their names.</param>
    /// <param name="request">The model, its data and its ensemble.</param>
    /// <param name="examples">N; null for the usual number.</param>
    /// <param name="swept">Whether parameters are chosen on the validation part.</param>
    /// <param name="fractions">How the ensemble is split.</param>
    /// <param name="context">Where progress is told.</param>
    /// <exception cref="UtafException">UTAF1001, UTAF1405, UTAF1406, UTAF1503, UTAF1504, and those of the model and its data.</exception>
    public static async Task<SchemesDocument> CompareAsync(
        IReadOnlyList<string> schemes, EnsembleRequest request, int? examples, bool swept, SplitFractions fractions, CommandContext context)
    {
        // Before the model and its data are read, which may take minutes.
        var options = new SchemeOptions(Swept: swept);
        options = options with { Examples = examples ?? options.Examples };
        SchemeEvaluation.Check(schemes, options);

        using var side = TrustedSide.Load(request, context);
        var folder = side.OpenFolder();
        await side.Exchange(folder, context).FetchAsync(Shard.All).ConfigureAwait(false);
        SchemeEvaluation.RequireBuilt(folder);
        using var workshop = side.OpenWorkshop();
        var split = EnsembleSplit.Of(folder, side.Target, fractions);
        var comparison = SchemeEvaluation.Run(schemes, folder, workshop, split, options, context.Note, context.CancellationToken);
        return SchemesDocument.Of(ModelName.Of(request.Model), folder.Path, comparison);
    }
}
