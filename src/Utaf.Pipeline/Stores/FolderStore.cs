using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>
/// A store in a folder, which may be shared: <c>{root}/{model}/{version}/{sha256}.utaf</c>, and beside it the public manifest,
/// <c>{sha256}.json</c>.
/// </summary>
/// <param name="root">The store's folder; made by the first put.</param>
/// <param name="time">The clock for the public manifest's <c>createdUtc</c>; the system's if null.</param>
public sealed class FolderStore(string root, TimeProvider? time = null) : IFingerprintStore
{
    private const string ManifestExtension = ".json";

    private readonly string root = Path.GetFullPath(root);
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public string Address => $"{FingerprintStores.FolderScheme}{root}";

    /// <inheritdoc/>
    public async Task<StoredPair> PutAsync(byte[] pair, CancellationToken cancellationToken)
    {
        var manifest = FingerprintPairFile.Deserialise(pair, "utaf").Manifest;
        var place = new StoredPair(manifest.Model.Name, manifest.Model.Version, FingerprintPairFile.Sha256(pair));
        var path = PathOf(place, FingerprintPairFile.Extension);
        var manifestPath = PathOf(place, ManifestExtension);
        cancellationToken.ThrowIfCancellationRequested();

        try
        {
            // The manifest goes first: who sees a pair sees its manifest too.
            var shown = manifest with { CreatedUtc = time.GetUtcNow().ToUniversalTime() };
            var addedManifest = AtomicFile.WriteNew(manifestPath, Encoding.UTF8.GetBytes(shown.ToJson() + "\n"));
            var added = WriteOrTakeBack(path, pair, addedManifest ? manifestPath : null);
            if (!added)
            {
                await GetAsync(place, cancellationToken).ConfigureAwait(false);
            }

            return place with { Manifest = ReadManifest(manifestPath) ?? shown, Added = added };
        }
        catch (UtafException exception) when (exception.InnerException is { } cause)
        {
            throw Errors.StoreUnusable(Address, cause.Message, cause);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreUnusable(Address, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> GetAsync(StoredPair pair, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var path = PathOf(pair, FingerprintPairFile.Extension);
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            var found = FingerprintPairFile.Sha256(bytes);
            return found == pair.Sha256 ? bytes : throw Errors.AlteredPair(path, pair.Sha256, found);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && !IsBlocked())
        {
            throw Errors.PairNotInStore(Address, $"{pair.Model} {pair.Version} {pair.Sha256}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreUnusable(Address, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredPair> ListAsync(
        string? model, string? version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A folder's entries are at hand at once: only other stores have something to wait for.
        await Task.CompletedTask.ConfigureAwait(false);

        foreach (var name in Folders(root, model is null ? null : StoreNames.Model(model)))
        {
            foreach (var release in Folders(Path.Combine(root, name), version is null ? null : StoreNames.Version(version)))
            {
                foreach (var digest in Digests(Path.Combine(root, name, release)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var place = new StoredPair(name, release, digest);
                    yield return place with { Manifest = ReadManifest(PathOf(place, ManifestExtension)) };
                }
            }
        }
    }

    private static bool WriteOrTakeBack(string path, byte[] pair, string? addedManifest)
    {
        try
        {
            return AtomicFile.WriteNew(path, pair);
        }
        catch (UtafException) when (addedManifest is not null)
        {
            File.Delete(addedManifest);
            throw;
        }
    }

    private static PairManifest? ReadManifest(string path)
    {
        try
        {
            return PairManifest.FromJson(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Sorted names of the folders that can be a model or a version; only the wanted one if it is given.</summary>
    private List<string> Folders(string folder, string? wanted) =>
        Entries(() => Directory.EnumerateDirectories(folder))
            .Where(name => StoreNames.IsName(name) && (wanted is null || name == wanted))
            .ToList();

    /// <summary>Sorted digests of the pairs in a folder. Temporary files of an interrupted put have other names.</summary>
    private List<string> Digests(string folder) =>
        Entries(() => Directory.EnumerateFiles(folder, "*" + FingerprintPairFile.Extension))
            .Select(name => Path.GetFileNameWithoutExtension(name))
            .Where(StoreNames.IsDigest)
            .ToList();

    private List<string> Entries(Func<IEnumerable<string>> paths)
    {
        try
        {
            return [.. paths().Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException) when (!IsBlocked())
        {
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreUnusable(Address, exception.Message, exception);
        }
    }

    /// <summary>Whether the root can never be a folder because it, or a part of its path, is a file.</summary>
    private bool IsBlocked()
    {
        for (var path = root; path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                return true;
            }
        }

        return false;
    }

    private string PathOf(StoredPair pair, string extension) =>
        StoreNames.IsDigest(pair.Sha256)
            ? Path.Combine(root, StoreNames.Model(pair.Model), StoreNames.Version(pair.Version), pair.Sha256 + extension)
            : throw Errors.PairNotInStore(Address, $"'{pair.Sha256}': a digest has 64 lower-case hexadecimal digits");
}
