using Utaf.Configuration;
using Utaf.Stores;

namespace Utaf.Watching;

/// <summary>Which suspects are verified with which pairs: each with every stored version of its model.</summary>
public static class WatchPlan
{
    /// <summary>Makes the plan. No suspect is asked anything.</summary>
    /// <param name="suspects">The suspects.</param>
    /// <param name="store">The store of pairs.</param>
    /// <param name="usualModel">The model of suspects that name none; null: the store's only one.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>
    /// For each suspect and each version of its model the newest pair, with its manifest; in the order of the suspects, then by version.
    /// </returns>
    /// <exception cref="UtafException">
    /// UTAF1304: the store has no pair of a suspect's model. UTAF1663: it is not clear which model is meant. Other UTAF13xx.
    /// </exception>
    public static async Task<IReadOnlyList<WatchItem>> MakeAsync(
        IReadOnlyList<SuspectSettings> suspects, IFingerprintStore store, string? usualModel, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suspects);
        ArgumentNullException.ThrowIfNull(store);
        var newest = await NewestAsync(store, cancellationToken).ConfigureAwait(false);
        var models = newest.Select(pair => pair.Model).Distinct().ToList();
        return [.. suspects.SelectMany(suspect => PairsOf(suspect).Select(pair => new WatchItem(suspect, pair)))];

        IReadOnlyList<StoredPair> PairsOf(SuspectSettings suspect)
        {
            var model = suspect.Model ?? usualModel ?? (models is [var only] ? only : null);
            if (model is null && models.Count > 0)
            {
                throw Errors.ModelOfSuspectUnknown(suspect.Position?.ToString() ?? "utaf", suspect.Name, store.Address, models);
            }

            var pairs = newest.FindAll(pair => pair.Model == model);
            return pairs.Count > 0
                ? pairs
                : throw Errors.PairNotInStore(store.Address, model ?? "yet: fingerprint a model first, or name another --store");
        }
    }

    /// <summary>The newest pair of each model and version, by model and version. A pair without a readable manifest is opened.</summary>
    private static async Task<List<StoredPair>> NewestAsync(IFingerprintStore store, CancellationToken cancellationToken)
    {
        var all = new List<StoredPair>();
        await foreach (var pair in store.ListAsync(model: null, version: null, cancellationToken).ConfigureAwait(false))
        {
            all.Add(pair.Manifest is null ? await OpenedAsync(store, pair, cancellationToken).ConfigureAwait(false) : pair);
        }

        return
        [
            .. all.GroupBy(pair => (pair.Model, pair.Version))
                .Select(version => version.MaxBy(pair => pair.Manifest!.CreatedUtc ?? DateTimeOffset.MinValue)!),
        ];
    }

    private static async Task<StoredPair> OpenedAsync(IFingerprintStore store, StoredPair pair, CancellationToken cancellationToken)
    {
        var fetched = await FetchedPair.FromStoreAsync(store, pair, cancellationToken).ConfigureAwait(false);
        return pair with { Manifest = fetched.Pair.Manifest };
    }
}
