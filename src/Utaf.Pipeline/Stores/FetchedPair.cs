using Utaf.Commitments;
using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>A pair that was fetched, to work with.</summary>
/// <param name="Pair">The pair.</param>
/// <param name="Bytes">Its file's content, decrypted.</param>
/// <param name="Stored">What it is known by.</param>
/// <param name="Place">The file or the store it came from.</param>
public sealed record FetchedPair(FingerprintPair Pair, byte[] Bytes, StoredPair Stored, string Place)
{
    /// <summary>Its identity.</summary>
    public string Sha256 => Stored.Sha256;

    /// <summary>
    /// What may be shown: the pair's own, which its digest vouches for. Only what a pair cannot know of itself, when it was stored and
    /// how it is encrypted, is taken from the store's public copy, which anybody who may write there can change.
    /// </summary>
    public PairManifest Manifest => Stored.Manifest is { } copy
        ? Pair.Manifest with { CreatedUtc = copy.CreatedUtc, Encryption = copy.Encryption }
        : Pair.Manifest;

    /// <summary>The public commitment to it; null if none was found.</summary>
    public CommitmentFile? Commitment { get; init; }

    /// <summary>Reads a pair's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="UtafException">UTAF1301 to UTAF1303.</exception>
    public static FetchedPair FromFile(string path, byte[] bytes)
    {
        var pair = FingerprintPairFile.Deserialise(bytes, path);
        var model = pair.Manifest.Model;
        return new(pair, bytes, new StoredPair(model.Name, model.Version, FingerprintPairFile.Sha256(bytes)), path);
    }

    /// <summary>Fetches a pair and its commitment from a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stored">One of its pairs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UtafException">UTAF13xx, see <see cref="IFingerprintStore.GetAsync"/>.</exception>
    public static async Task<FetchedPair> FromStoreAsync(IFingerprintStore store, StoredPair stored, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var bytes = await store.GetAsync(stored, cancellationToken).ConfigureAwait(false);
        var commitment = await store.GetCommitmentAsync(stored, cancellationToken).ConfigureAwait(false);
        return new(FingerprintPairFile.Deserialise(bytes, store.Address), bytes, stored, store.Address)
        {
            Commitment = commitment is null ? null : new(store.Address, commitment),
        };
    }
}
