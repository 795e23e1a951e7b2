using System.Runtime.CompilerServices;

namespace Utaf.Stores;

/// <summary>
/// Where machines that build one ensemble leave its members for each other, and for the one that constructs the pair. A member
/// is there completely or not at all, and is not replaced unless it was found damaged: who comes second learns that it is there.
/// Honest members lie under their keys, for the ensembles of all plans.
/// </summary>
public sealed class SharedMembers
{
    private const string Extension = ".safetensors";
    private const string Negatives = "negatives/";
    private readonly IBlobs blobs;
    private readonly string plan;

    /// <param name="blobs">The storage.</param>
    /// <param name="plan">The beginning of the plan's hash: ensembles of other plans lie beside this one.</param>
    internal SharedMembers(IBlobs blobs, string plan) => (this.blobs, this.plan) = (blobs, plan);

    /// <summary>The storage's address; it holds no secret.</summary>
    public string Address => blobs.Address;

    /// <summary>Fetches members, one at a time.</summary>
    /// <param name="ids">Those that are wanted.</param>
    /// <param name="cancellationToken">Stops between two members.</param>
    /// <returns>The content of those that are there.</returns>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used.</exception>
    public IAsyncEnumerable<(string Id, byte[] Content)> FetchAsync(IEnumerable<string> ids, CancellationToken cancellationToken) =>
        FetchAsync($"{plan}/members/", ids, cancellationToken);

    /// <summary>Fetches honest members, one at a time.</summary>
    /// <param name="keys">The keys of those that are wanted.</param>
    /// <param name="cancellationToken">Stops between two members.</param>
    /// <returns>The content of those that are there.</returns>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used.</exception>
    public IAsyncEnumerable<(string Key, byte[] Content)> FetchNegativesAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        FetchAsync(Negatives, keys, cancellationToken);

    /// <summary>The keys of the honest members that are there.</summary>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used.</exception>
    public async Task<IReadOnlySet<string>> ListNegativesAsync(CancellationToken cancellationToken) =>
        (await blobs.ListAsync(Negatives, cancellationToken).ConfigureAwait(false)).Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal)!;

    /// <summary>Leaves a member there, unless it is there.</summary>
    /// <param name="id">The member.</param>
    /// <param name="file">Its file.</param>
    /// <param name="damaged">Whether what is there was found damaged, and is replaced.</param>
    /// <param name="cancellationToken">Stops the upload; nothing that can be read is left of it.</param>
    /// <returns>Whether this call put it.</returns>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used.</exception>
    public Task<bool> PutAsync(string id, string file, bool damaged, CancellationToken cancellationToken) =>
        PutFileAsync($"{plan}/members/{id}{Extension}", file, damaged, cancellationToken);

    /// <summary>Leaves an honest member there, unless it is there.</summary>
    /// <param name="key">The member's key.</param>
    /// <inheritdoc cref="PutAsync"/>
    /// <param name="file">Its file.</param>
    /// <param name="damaged">Whether what is there was found damaged, and is replaced.</param>
    /// <param name="cancellationToken">Stops the upload; nothing that can be read is left of it.</param>
    public Task<bool> PutNegativeAsync(string key, string file, bool damaged, CancellationToken cancellationToken) =>
        PutFileAsync($"{Negatives}{key}{Extension}", file, damaged, cancellationToken);

    private async IAsyncEnumerable<(string Name, byte[] Content)> FetchAsync(
        string folder, IEnumerable<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var present = (await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            var blob = $"{folder}{name}{Extension}";
            if (present.Contains(blob) && await blobs.GetAsync(blob, cancellationToken).ConfigureAwait(false) is { } content)
            {
                yield return (name, content);
            }
        }
    }

    private async Task<bool> PutFileAsync(string name, string file, bool damaged, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
        if (!damaged)
        {
            return await blobs.PutIfAbsentAsync(name, content, cancellationToken).ConfigureAwait(false);
        }

        await blobs.ReplaceAsync(name, content, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
