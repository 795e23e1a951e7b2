namespace Utaf.Stores;

/// <summary>The kinds of store, and how a pair is found in any of them.</summary>
public static class FingerprintStores
{
    internal const string FolderScheme = "folder:";

    /// <summary>Opens the store of an address. Nothing is read or written yet.</summary>
    /// <param name="address"><c>folder:PATH</c>, the path absolute or relative to the current folder.</param>
    /// <param name="time">The clock for public manifests; the system's if null.</param>
    /// <exception cref="UtafException">UTAF1306: no such kind of store, or the path is empty or impossible.</exception>
    public static IFingerprintStore Open(string address, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.StartsWith(FolderScheme, StringComparison.Ordinal))
        {
            throw Errors.UnknownStore(address);
        }

        try
        {
            return new FolderStore(address[FolderScheme.Length..], time);
        }
        catch (ArgumentException)
        {
            throw Errors.UnknownStore(address);
        }
    }

    /// <summary>Finds the one pair that is meant.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="versionOrDigest">
    /// A version, or else the beginning of a digest; null if the model's only pair is meant. A version that exists comes first.
    /// </param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="UtafException">UTAF1304: none fits. UTAF1308: more than one fits. UTAF1305, UTAF1307.</exception>
    public static async Task<StoredPair> FindAsync(
        IFingerprintStore store, string model, string? versionOrDigest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var all = new List<StoredPair>();
        await foreach (var pair in store.ListAsync(model, version: null, cancellationToken).ConfigureAwait(false))
        {
            all.Add(pair);
        }

        var found = versionOrDigest is null ? all : all.FindAll(pair => pair.Version == versionOrDigest);
        if (found.Count == 0 && !string.IsNullOrEmpty(versionOrDigest))
        {
            found = all.FindAll(pair => pair.Sha256.StartsWith(versionOrDigest, StringComparison.OrdinalIgnoreCase));
        }

        var wanted = versionOrDigest is null ? model : $"{model} {versionOrDigest}";
        return found switch
        {
            [var only] => only,
            [] => throw Errors.PairNotInStore(store.Address, wanted),
            _ => throw Errors.AmbiguousPair(store.Address, wanted, found.Select(pair => $"{pair.Version} {pair.Sha256}")),
        };
    }
}
