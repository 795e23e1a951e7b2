using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>
/// The one store, over any kind of storage: <c>{model}/{version}/{sha256}.utaf</c>, and beside it the public manifest,
/// <c>{sha256}.json</c>, and the commitment, <c>{sha256}.intoto.json</c>.
/// </summary>
/// <param name="blobs">The storage.</param>
/// <param name="encryption">Encrypts what is put; null: pairs are kept as they are.</param>
/// <param name="time">The clock for the public manifest's <c>createdUtc</c>.</param>
internal sealed class FingerprintStore(IBlobs blobs, PairEncryption? encryption, TimeProvider time) : IFingerprintStore
{
    /// <summary>Manifests that are fetched at once: each is a round trip where the storage is far away.</summary>
    private const int ManifestsAtOnce = 8;

    /// <inheritdoc/>
    public string Address => blobs.Address;

    /// <inheritdoc/>
    public Task RequireWritableAsync(CancellationToken cancellationToken) => blobs.RequireWritableAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredPair> PutAsync(byte[] pair, byte[]? commitment, CancellationToken cancellationToken)
    {
        var manifest = FingerprintPairFile.Deserialise(pair, "utaf").Manifest;
        var place = new StoredPair(manifest.Model.Name, manifest.Model.Version, FingerprintPairFile.Sha256(pair));
        var name = StoreNames.Pair(place);
        var stored = encryption?.Encrypt(pair, place) ?? pair;
        var shown = manifest with { CreatedUtc = time.GetUtcNow().ToUniversalTime(), Encryption = PairEncryption.Describe(stored) };

        // Manifest and commitment go first: who sees a pair sees them too, and without a pair they are not seen. A put that is
        // killed at any point is therefore completed by the next one.
        var addedManifest = await blobs.PutIfAbsentAsync(StoreNames.Manifest(place), Bytes(shown), cancellationToken).ConfigureAwait(false);
        if (commitment is not null)
        {
            await blobs.PutIfAbsentAsync(StoreNames.Commitment(place), commitment, cancellationToken).ConfigureAwait(false);
        }

        var added = await blobs.PutIfAbsentAsync(name, stored, cancellationToken).ConfigureAwait(false);
        if (!added)
        {
            stored = await ReadAsync(place, cancellationToken).ConfigureAwait(false);
            await OpenAsync(stored, place, cancellationToken).ConfigureAwait(false);
            if (encryption is not null && !PairEncryption.IsEncrypted(stored))
            {
                throw Errors.PairInTheClear(blobs.PlaceOf(name));
            }
        }

        var there = addedManifest ? shown : await ReadManifestAsync(place, cancellationToken).ConfigureAwait(false);
        if (there is null || there.Encryption != PairEncryption.Describe(stored))
        {
            // It is damaged, or of a put that was killed and had another key.
            there = shown with { Encryption = PairEncryption.Describe(stored) };
            await blobs.ReplaceAsync(StoreNames.Manifest(place), Bytes(there), cancellationToken).ConfigureAwait(false);
        }

        return place with { Manifest = there, Added = added };
    }

    /// <inheritdoc/>
    public async Task<byte[]> GetAsync(StoredPair pair, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var stored = await ReadAsync(pair, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(stored, pair, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<byte[]?> GetCommitmentAsync(StoredPair pair, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return blobs.GetAsync(StoreNames.Commitment(Checked(pair)), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredPair> ListAsync(
        string? model, string? version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var names = await blobs.ListAsync(StoreNames.Prefix(model, version), cancellationToken).ConfigureAwait(false);
        var places = names.Select(StoreNames.ReadPair).OfType<StoredPair>()
            .Where(place => (model is null || place.Model == model) && (version is null || place.Version == version))
            .OrderBy(place => place.Model, StringComparer.Ordinal)
            .ThenBy(place => place.Version, StringComparer.Ordinal)
            .ThenBy(place => place.Sha256, StringComparer.Ordinal);
        foreach (var some in places.Chunk(ManifestsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var pair in await Task.WhenAll(some.Select(place => WithManifestAsync(place, cancellationToken))).ConfigureAwait(false))
            {
                yield return pair;
            }
        }
    }

    private static byte[] Bytes(PairManifest manifest) => Encoding.UTF8.GetBytes(manifest.ToJson() + "\n");

    private async Task<byte[]> ReadAsync(StoredPair pair, CancellationToken cancellationToken) =>
        await blobs.GetAsync(StoreNames.Pair(Checked(pair)), cancellationToken).ConfigureAwait(false)
        ?? throw Errors.PairNotInStore(Address, $"{pair.Model} {pair.Version} {pair.Sha256}");

    /// <summary>Decrypts what needs it, and checks the digest.</summary>
    private async Task<byte[]> OpenAsync(byte[] stored, StoredPair pair, CancellationToken cancellationToken)
    {
        var place = blobs.PlaceOf(StoreNames.Pair(pair));
        if (!PairEncryption.IsEncrypted(stored))
        {
            var found = FingerprintPairFile.Sha256(stored);
            return found == pair.Sha256 ? stored : throw Errors.AlteredPair(place, pair.Sha256, found);
        }

        if (PairEncryption.Decrypt(encryption, stored, pair, place) is { } bytes)
        {
            return bytes;
        }

        // The pair's own digest cannot be told from altered bytes, so the stored bytes' digests are told.
        var manifest = await ReadManifestAsync(pair, cancellationToken).ConfigureAwait(false);
        throw Errors.AlteredPair(place, manifest?.Encryption?.StoredSha256 ?? "unknown", FingerprintPairFile.Sha256(stored));
    }

    private async Task<PairManifest?> ReadManifestAsync(StoredPair pair, CancellationToken cancellationToken) =>
        (await WithManifestAsync(pair, cancellationToken).ConfigureAwait(false)).Manifest;

    private async Task<StoredPair> WithManifestAsync(StoredPair pair, CancellationToken cancellationToken)
    {
        if (await blobs.GetAsync(StoreNames.Manifest(pair), cancellationToken).ConfigureAwait(false) is not { } bytes)
        {
            return pair;
        }

        var json = Encoding.UTF8.GetString(bytes);
        try
        {
            // Looked at first: a newer version's keys may mean something else.
            var version = PairManifest.FormatVersionIn(json);
            return version > PairManifest.CurrentFormatVersion ? pair with { NewerFormat = version } : pair with { Manifest = PairManifest.FromJson(json) };
        }
        catch (JsonException)
        {
            return pair;
        }
    }

    private StoredPair Checked(StoredPair pair) => StoreNames.IsDigest(pair.Sha256)
        ? pair
        : throw Errors.PairNotInStore(Address, $"'{pair.Sha256}': a digest has 64 lower-case hexadecimal digits");
}
