namespace Utaf.Stores;

/// <summary>
/// Where machines that build one ensemble leave its members for each other, and for the one that constructs the pair. A member
/// is there completely or not at all, and is never replaced: who comes second learns that it is there.
/// </summary>
public sealed class SharedMembers
{
    private const string Extension = ".safetensors";
    private readonly IBlobs blobs;
    private readonly string plan;

    /// <param name="blobs">The storage.</param>
    /// <param name="plan">The beginning of the plan's hash: ensembles of other plans lie beside this one.</param>
    internal SharedMembers(IBlobs blobs, string plan) => (this.blobs, this.plan) = (blobs, plan);

    /// <summary>The storage's address; it holds no secret.</summary>
    public string Address => blobs.Address;

    /// <summary>Fetches members.</summary>
    /// <param name="wanted">Their ids, and the file that each is written to.</param>
    /// <param name="cancellationToken">Stops between two members.</param>
    /// <returns>The ids of those that were there.</returns>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used. UTAF1309: a file cannot be written.</exception>
    public async Task<IReadOnlyList<string>> FetchAsync(IEnumerable<(string Id, string File)> wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var present = (await blobs.ListAsync($"{plan}/", cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        var fetched = new List<string>();
        foreach (var (id, file) in wanted)
        {
            if (present.Contains(NameOf(id)) && await blobs.GetAsync(NameOf(id), cancellationToken).ConfigureAwait(false) is { } content)
            {
                AtomicFile.Write(file, content);
                fetched.Add(id);
            }
        }

        return fetched;
    }

    /// <summary>Leaves a member there, unless it is there.</summary>
    /// <param name="id">The member.</param>
    /// <param name="file">Its file.</param>
    /// <param name="cancellationToken">Stops the upload; nothing that can be read is left of it.</param>
    /// <returns>Whether this call put it.</returns>
    /// <exception cref="UtafException">UTAF1305: the storage cannot be used.</exception>
    public async Task<bool> PutAsync(string id, string file, CancellationToken cancellationToken) =>
        await blobs.PutIfAbsentAsync(NameOf(id), await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private string NameOf(string id) => $"{plan}/members/{id}{Extension}";
}
