using System.Runtime.CompilerServices;
using Utaf.Configuration;

namespace Utaf.Stores;

/// <summary>The kinds of store, and how a pair is found in any of them.</summary>
public static class FingerprintStores
{
    /// <summary>Opens the store of an address. Nothing is read from it or written yet.</summary>
    /// <param name="address">
    /// <c>folder:PATH</c>, the path absolute or relative to the current folder;
    /// <c>azblob://ACCOUNT/CONTAINER[/PREFIX][?sas=VARIABLE][&amp;endpoint=URL]</c>, without <c>sas</c> by DefaultAzureCredential; or
    /// <c>azblob:?connection=VARIABLE&amp;container=NAME[&amp;prefix=PREFIX]</c>. VARIABLE is an environment variable that holds the secret.
    /// </param>
    /// <param name="time">The clock for public manifests; the system's if null.</param>
    /// <param name="encryptionKey">
    /// Encrypts pairs at rest: 32 bytes in base64. If null: <c>UTAF_STORE_KEY</c>, or no encryption where that is not set.
    /// </param>
    /// <param name="environment">Reads a variable; the process's environment if null.</param>
    /// <param name="handler">Sends the requests of stores that are far away; their own if null.</param>
    /// <exception cref="UtafException">
    /// UTAF1306: no such kind of store, or the path is empty or impossible. UTAF1012: a variable is not set. UTAF1310: the encryption
    /// key is none. UTAF1314, UTAF1315: the address in Azure, or its secret, is none.
    /// </exception>
    public static IFingerprintStore Open(
        string address,
        TimeProvider? time = null,
        Secret? encryptionKey = null,
        Func<string, string?>? environment = null,
        HttpMessageHandler? handler = null)
    {
        time ??= TimeProvider.System;
        environment ??= Environment.GetEnvironmentVariable;
        var blobs = OpenBlobs(address, time, environment, handler);
        return new FingerprintStore(blobs, PairEncryption.Read(encryptionKey, environment), time);
    }

    /// <summary>Opens the place where machines share an ensemble's members. Nothing is read from it or written yet.</summary>
    /// <param name="address">As for <see cref="Open"/>.</param>
    /// <param name="plan">The beginning of the plan's hash.</param>
    /// <param name="environment">Reads a variable; the process's environment if null.</param>
    /// <exception cref="UtafException">UTAF1306, UTAF1012, UTAF1314, UTAF1315: as for <see cref="Open"/>.</exception>
    public static SharedMembers OpenMembers(string address, string plan, Func<string, string?>? environment = null) =>
        new(OpenBlobs(address, TimeProvider.System, environment ?? Environment.GetEnvironmentVariable, handler: null), plan);

    /// <summary>Finds the one pair that is meant.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="versionOrDigest">
    /// A version, or else the beginning of a digest; null if the model's only pair is meant. A version that exists comes first.
    /// </param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="UtafException">UTAF1304: none fits. UTAF1308: more than one fits. UTAF1305, UTAF1307.</exception>
    public static async Task<StoredPair> FindAsync(
        IFingerprintStore store, string model, string? versionOrDigest, CancellationToken cancellationToken) =>
        await FindAllAsync(store, model, versionOrDigest, cancellationToken).ConfigureAwait(false) switch
        {
            [var only] => only,
            var several => throw Errors.AmbiguousPair(
                store.Address, Wanted(model, versionOrDigest), several.Select(pair => $"{pair.Version} {pair.Sha256}")),
        };

    /// <summary>Finds all pairs that are meant, at least one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">The model's name; null: all pairs of the store.</param>
    /// <param name="versionOrDigest">A version, or else the beginning of a digest; null: all of the model's pairs.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="UtafException">UTAF1304: none fits. UTAF1305, UTAF1307.</exception>
    public static async Task<IReadOnlyList<StoredPair>> FindAllAsync(
        IFingerprintStore store, string? model, string? versionOrDigest, CancellationToken cancellationToken)
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

        return found.Count > 0 ? found : throw Errors.PairNotInStore(store.Address, Wanted(model, versionOrDigest));
    }

    /// <summary>The beginning of an address in which no secret can be, even where one was put into it by mistake.</summary>
    internal static string WithoutSecrets(string address)
    {
        var end = address.IndexOfAny(['?', ';', '=', '@']);
        return end < 0 ? address : $"{address[..end]}…";
    }

    private static string Wanted(string? model, string? versionOrDigest) =>
        versionOrDigest is null ? model ?? "at all" : $"{model} {versionOrDigest}";

    private static IBlobs OpenBlobs(string address, TimeProvider time, Func<string, string?> environment, HttpMessageHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith(FolderBlobs.Scheme, StringComparison.Ordinal) ? OpenFolder(address, time)
            : address.StartsWith(AzureAddress.Scheme, StringComparison.Ordinal) ? OpenAzure(address, time, environment, handler)
            : throw Errors.UnknownStore(WithoutSecrets(address));
    }

    private static FolderBlobs OpenFolder(string address, TimeProvider time)
    {
        try
        {
            return new FolderBlobs(address[FolderBlobs.Scheme.Length..], time);
        }
        catch (ArgumentException)
        {
            throw Errors.UnknownStore(address);
        }
    }

    /// <summary>A method of its own, so that Azure's SDK is loaded by those who need it only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AzureBlobs OpenAzure(string address, TimeProvider time, Func<string, string?> environment, HttpMessageHandler? handler) =>
        new(AzureAddress.Parse(address), environment, time, handler);
}
