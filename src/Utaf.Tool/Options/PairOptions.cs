using System.CommandLine;
using Utaf.Fingerprints;
using Utaf.Stores;

namespace Utaf.Tool.Options;

/// <summary>A pair that was fetched.</summary>
/// <param name="Pair">The pair.</param>
/// <param name="Bytes">Its file's content.</param>
/// <param name="Sha256">Its identity.</param>
/// <param name="Place">The file or the store it came from.</param>
/// <param name="Manifest">What may be shown: the store's copy where there is one, since it has the time.</param>
internal sealed record FetchedPair(FingerprintPair Pair, byte[] Bytes, string Sha256, string Place, PairManifest Manifest);

/// <summary>Which pair a command works with: a file, or one of a store.</summary>
internal sealed class PairOptions
{
    private readonly Option<string?> pair = OptionKinds.Text("--pair", "The pair as a file.", "FILE");
    private readonly Option<string?> model = OptionKinds.Text(
        "--model",
        "The pair of a model in the store; after '@' its version or the beginning of its digest. Not needed where the store has one pair.",
        "NAME[@VERSION|@DIGEST]");
    private readonly StoreOption store = new();

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(pair);
        command.Add(model);
        store.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(pair) is not null && result.GetValue(model) is not null)
            {
                result.AddError("--pair and --model both name the pair: give one of them");
            }
        });
    }

    /// <summary>Fetches the chosen pair.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF13xx.</exception>
    public Task<FetchedPair> FetchAsync(ParseResult parsed, CancellationToken cancellationToken) => parsed.GetValue(pair) is { } path
        ? Task.FromResult(FromFile(path))
        : FromStoreAsync(store.Open(parsed), parsed.GetValue(model), cancellationToken);

    /// <summary>Reads a pair's file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF1301 to UTAF1303.</exception>
    public static FetchedPair FromFile(string path)
    {
        var bytes = BytesOf(path);
        var read = FingerprintPairFile.Deserialise(bytes, path);
        return new(read, FingerprintPairFile.Sha256(bytes), path, read.Manifest);
    }

    /// <summary>The bytes of a pair's file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003.</exception>
    public static byte[] BytesOf(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(path, $"a fingerprinting pair ({FingerprintPairFile.Extension})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(path, e);
        }
    }

    /// <summary>Fetches a pair from a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="wanted">NAME, NAME@VERSION or NAME@DIGEST; null: the store's only pair.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<FetchedPair> FromStoreAsync(IFingerprintStore store, string? wanted, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(store, wanted, cancellationToken).ConfigureAwait(false);
        var bytes = await store.GetAsync(place, cancellationToken).ConfigureAwait(false);
        var read = FingerprintPairFile.Deserialise(bytes, store.Address);
        return new(read, bytes, place.Sha256, store.Address, place.Manifest ?? read.Manifest);
    }

    /// <summary>Finds one pair in a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="wanted">NAME, NAME@VERSION or NAME@DIGEST; null: the store's only pair.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UtafException">UTAF1304, UTAF1308.</exception>
    public static Task<StoredPair> PlaceAsync(IFingerprintStore store, string? wanted, CancellationToken cancellationToken)
    {
        if (wanted is null)
        {
            return OnlyPairAsync(store, cancellationToken);
        }

        var (model, versionOrDigest) = Split(wanted);
        return FingerprintStores.FindAsync(store, model, versionOrDigest, cancellationToken);
    }

    /// <summary>The two halves of NAME, NAME@VERSION or NAME@DIGEST; none of them has an '@' of its own.</summary>
    public static (string Model, string? VersionOrDigest) Split(string wanted) =>
        wanted.Split('@', 2) is [var model, var after] ? (model, after) : (wanted, null);

    private static async Task<StoredPair> OnlyPairAsync(IFingerprintStore store, CancellationToken cancellationToken)
    {
        var all = new List<StoredPair>();
        await foreach (var stored in store.ListAsync(model: null, version: null, cancellationToken).ConfigureAwait(false))
        {
            all.Add(stored);
        }

        return all switch
        {
            [var only] => only,
            [] => throw Errors.PairNotInStore(store.Address, "yet: fingerprint a model first, or name another --store or --pair"),
            _ => throw Errors.AmbiguousPair(store.Address, "without --model", all.Select(stored => $"{stored.Model}@{stored.Version}")),
        };
    }
}
