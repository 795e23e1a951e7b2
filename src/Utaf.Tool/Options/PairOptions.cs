using System.CommandLine;
using Utaf.Fingerprints;
using Utaf.Stores;

namespace Utaf.Tool.Options;

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
    /// <param name="parsed">The command line.</param>
    /// <param name="usualModel">The model that is meant where none is named; null if none is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF13xx.</exception>
    public Task<FetchedPair> FetchAsync(ParseResult parsed, string? usualModel, CancellationToken cancellationToken) =>
        parsed.GetValue(pair) is { } path
            ? Task.FromResult(FromFile(path))
            : FromStoreAsync(store.Open(parsed), parsed.GetValue(model) ?? usualModel, cancellationToken);

    /// <summary>The pair's file, if it is one that was chosen.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(pair);

    /// <summary>Reads a pair's file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF1301 to UTAF1303.</exception>
    public static FetchedPair FromFile(string path) => FetchedPair.FromFile(path, BytesOf(path));

    /// <summary>The bytes of a pair's file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003.</exception>
    public static byte[] BytesOf(string path) => InputFile.Read(path, FingerprintPairFile.Description);

    /// <summary>Fetches a pair from a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="wanted">NAME, NAME@VERSION or NAME@DIGEST; null: the store's only pair.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<FetchedPair> FromStoreAsync(IFingerprintStore store, string? wanted, CancellationToken cancellationToken) =>
        await FetchedPair.FromStoreAsync(
            store, await PlaceAsync(store, wanted, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

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
