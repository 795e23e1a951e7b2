using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>
/// Where pairs are kept: immutable and addressed by content. A pair that was put is never changed, and every read is checked
/// against the digest in its name. <see cref="FingerprintStores.Open"/> makes one of any kind.
/// </summary>
public interface IFingerprintStore
{
    /// <summary>The store's address, such as <c>folder:/srv/utaf</c>, with which it can be opened again; it holds no secret.</summary>
    public string Address { get; }

    /// <summary>Finds out whether pairs can be put, before hours of work rather than after. It puts nothing.</summary>
    /// <exception cref="UtafException">UTAF1305, UTAF1316–UTAF1322: they cannot, and why.</exception>
    public Task RequireWritableAsync(CancellationToken cancellationToken);

    /// <summary>Puts a pair unless it is there already.</summary>
    /// <param name="pair">The bytes of the pair's file. Model and version are those of its manifest.</param>
    /// <param name="commitment">
    /// The public commitment to the pair, an in-toto statement in JSON; null if there is none. Where the store has one already,
    /// that one stays: the earliest is the best evidence.
    /// </param>
    /// <param name="cancellationToken">Stops it; nothing stays half-written.</param>
    /// <returns>
    /// Where the pair is; <see cref="StoredPair.Added"/> tells whether this call put it there. Of several at once, one is told so.
    /// </returns>
    /// <exception cref="UtafException">
    /// UTAF1301, UTAF1303: the bytes are no pair of this version. UTAF1302: the store holds this pair altered.
    /// UTAF1305, UTAF1316–UTAF1322: the store cannot be used. UTAF1307: the model's name or version cannot be a folder's name.
    /// UTAF1311–UTAF1313: the store holds this pair encrypted with another key, or not encrypted as it should be.
    /// </exception>
    public Task<StoredPair> PutAsync(byte[] pair, byte[]? commitment, CancellationToken cancellationToken);

    /// <summary>The bytes of a pair, decrypted, whose digest is the asked one.</summary>
    /// <exception cref="UtafException">
    /// UTAF1302: the bytes were altered. UTAF1304: there is no such pair. UTAF1305, UTAF1307, UTAF1316–UTAF1322.
    /// UTAF1311, UTAF1312: it is encrypted, and the key is not the one.
    /// </exception>
    public Task<byte[]> GetAsync(StoredPair pair, CancellationToken cancellationToken);

    /// <summary>The commitment to a pair; null if none was put.</summary>
    /// <exception cref="UtafException">UTAF1305, UTAF1307, UTAF1316–UTAF1322.</exception>
    public Task<byte[]?> GetCommitmentAsync(StoredPair pair, CancellationToken cancellationToken);

    /// <summary>The pairs in the store, by model, version and digest. A folder that does not exist yet has none.</summary>
    /// <param name="model">Only this model's pairs; null: all models.</param>
    /// <param name="version">Only this version's pairs; null: all versions.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="UtafException">
    /// UTAF1305, UTAF1316–UTAF1322: the store cannot be read. UTAF1307: impossible model or version.
    /// </exception>
    public IAsyncEnumerable<StoredPair> ListAsync(string? model, string? version, CancellationToken cancellationToken);
}

/// <summary>A pair in a store.</summary>
/// <param name="Model">The target model's name.</param>
/// <param name="Version">The target model's version.</param>
/// <param name="Sha256">The pair's identity: SHA-256 of its bytes before any encryption, 64 lower-case hexadecimal digits.</param>
/// <param name="Manifest">
/// The public manifest, with the time the pair was put and how it is encrypted; null where it is missing, damaged or newer than
/// this code. It is for display: only the pair's own bytes are protected by the digest.
/// </param>
/// <param name="Added">Whether the call that returned this put the pair into the store.</param>
public sealed record StoredPair(string Model, string Version, string Sha256, PairManifest? Manifest = null, bool Added = false)
{
    /// <summary>The format version of a manifest that is null because it is newer than this code; null otherwise.</summary>
    public int? NewerFormat { get; init; }
}
