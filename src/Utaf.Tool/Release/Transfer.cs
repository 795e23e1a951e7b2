using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;

namespace Utaf.Tool.Release;

/// <summary>Copies pairs with their commitments from store to store. Each is there completely or not at all, and none twice.</summary>
internal static class Transfer
{
    /// <summary>What holds after a copy was stopped.</summary>
    public const string AfterStop = "No pair was left half-written. The same command goes on where it was.";

    /// <summary>Copies the wanted pairs.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="wanted">NAME, NAME@VERSION or NAME@DIGEST; null: all.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="cancellationToken">Stops it between two pairs, or within one.</param>
    /// <exception cref="UtafException">UTAF1304: there are none. Other UTAF13xx.</exception>
    public static async Task<TransferDocument> CopyAsync(
        IFingerprintStore source, string? wanted, IFingerprintStore target, CancellationToken cancellationToken)
    {
        var (model, versionOrDigest) = wanted is null ? (null, null) : PairOptions.Split(wanted);
        var copied = new List<StoredPair>();
        foreach (var pair in await FingerprintStores.FindAllAsync(source, model, versionOrDigest, cancellationToken).ConfigureAwait(false))
        {
            var bytes = await source.GetAsync(pair, cancellationToken).ConfigureAwait(false);
            var commitment = await source.GetCommitmentAsync(pair, cancellationToken).ConfigureAwait(false);
            copied.Add(await target.PutAsync(bytes, commitment, cancellationToken).ConfigureAwait(false));
        }

        return TransferDocument.Of(source.Address, target.Address, copied);
    }
}
